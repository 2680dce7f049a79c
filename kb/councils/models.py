"""Councils, the addresses they had, and the councils that followed them."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.db.base import Base


class Nation(StrEnum):
    ENGLAND = "England"
    WALES = "Wales"
    SCOTLAND = "Scotland"
    NORTHERN_IRELAND = "Northern Ireland"


class CouncilType(StrEnum):
    """The register's own codes."""

    COUNTY = "CTY"
    DISTRICT = "NMD"
    UNITARY = "UA"
    METROPOLITAN = "MD"
    LONDON_BOROUGH = "LBO"
    WELSH = "WPA"
    SCOTTISH = "SCO"
    NORTHERN_IRISH = "NID"
    CITY_OF_LONDON = "CC"

    @property
    def label(self) -> str:
        return _TYPE_LABELS[self]


_TYPE_LABELS = {
    CouncilType.COUNTY: "County council",
    CouncilType.DISTRICT: "District council",
    CouncilType.UNITARY: "Unitary council",
    CouncilType.METROPOLITAN: "Metropolitan borough",
    CouncilType.LONDON_BOROUGH: "London borough",
    CouncilType.WELSH: "Welsh principal council",
    CouncilType.SCOTTISH: "Scottish council",
    CouncilType.NORTHERN_IRISH: "Northern Ireland district",
    CouncilType.CITY_OF_LONDON: "City of London",
}


class Council(Base):
    """A principal council of the register. Empty text means that the register does not say."""

    __tablename__ = "council"

    code: Mapped[str] = mapped_column(unique=True)
    gss_code: Mapped[str] = mapped_column(index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(index=True)
    welsh_name: Mapped[str]
    type: Mapped[CouncilType]
    nation: Mapped[Nation]
    region: Mapped[str]
    county_code: Mapped[str]
    combined_authority: Mapped[str]
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    website: Mapped[str]
    committee_site: Mapped[str]
    committee_software: Mapped[str]
    former_gss_codes: Mapped[str]
    note: Mapped[str]
    seed_hash: Mapped[str]

    def is_current(self, today: date) -> bool:
        return self.end_date is None or self.end_date > today


class CouncilAlias(Base):
    """A word that once led, or also leads, to a council: an old slug, a code, a Welsh name."""

    __tablename__ = "council_alias"

    slug: Mapped[str] = mapped_column(unique=True)
    council_id: Mapped[int] = mapped_column(
        ForeignKey("council.id", ondelete="CASCADE"), index=True
    )

    council: Mapped[Council] = relationship()


class Succession(Base):
    """One council took over from another, wholly or in part."""

    __tablename__ = "council_succession"
    __table_args__ = (UniqueConstraint("predecessor_id", "successor_id"),)

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("council.id", ondelete="CASCADE"))
    successor_id: Mapped[int] = mapped_column(
        ForeignKey("council.id", ondelete="CASCADE"), index=True
    )

    predecessor: Mapped[Council] = relationship(foreign_keys=predecessor_id)
    successor: Mapped[Council] = relationship(foreign_keys=successor_id)
