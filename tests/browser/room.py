"""A room in real browsers: who shows, who runs it, and who sits in it with a phone."""

from dataclasses import dataclass, field

from tests.browser import forced_colours
from tests.browser.keyboard import Keyboard

PROJECTOR = {"width": 1920, "height": 1080}
OWN_SCREEN = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ANSWERED = ".yousaid"


class Trainer:
    """One of the trainer's two screens; it is as fast as its buttons."""

    def __init__(self, page, base):
        self.page = page
        self.base = base

    def come(self, path):
        self.page.goto(f"{self.base}/{path}")

    def press(self, words, **options):
        """A button or link that leads to the next page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, **options).first.click()

    def follow(self, words):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=words).first.click()

    def key(self, letter):
        """One of the keys of the projector."""
        with self.page.expect_navigation():
            self.page.keyboard.press(letter)

    def type_hands(self, people, **hands):
        """Of those who have no phone: everybody, and how many hands for each answer."""
        self.key("h")
        self.page.get_by_label("People in the room").fill(str(people))
        for name, number in hands.items():
            self.page.locator(f"[name='hands-{name}']").fill(str(number))
        self.press("Save the count")

    def shows(self, text):
        self.page.get_by_text(text).first.wait_for()


class Phone:
    """A participant's, which follows what is on by itself."""

    def __init__(self, page):
        self.page = page

    def come(self, address):
        self.page.goto(address)
        self.press(self.button("Join"))
        self.page.get_by_role("link", name="Refresh").wait_for()

    def sees(self, heading):
        self.page.get_by_role("heading", name=heading).first.wait_for()

    def says(self, answer):
        """Yes or no."""
        self.press(self.page.locator(f"button[value='{answer}']"))
        self.page.locator(ANSWERED).wait_for()

    def chooses(self, *answers):
        for answer in answers:
            self.tick(self.page.locator(f"input[value='{answer}']"))
        self.press(self.button("Send my answer"))
        self.page.locator(ANSWERED).wait_for()

    def proposes(self, idea):
        self.write(self.page.locator("#idea"), idea)
        self.press(self.button("Send my idea"))
        self.page.locator(".saids bdi", has_text=idea).wait_for()

    def votes_for(self, idea):
        row = self.page.locator(".saids li", has_text=idea)
        row.get_by_role("button").wait_for()
        self.press(row.get_by_role("button"))
        row.get_by_role("button", name="You voted for this").wait_for()

    def pledges(self, will, *, when="", card=None, email=""):
        """`card` is the place of one that is on offer."""
        if card is not None:
            self.tick(self.page.locator(".pickcard input").nth(card))
        for name, text in (("when", when), ("will", will), ("email", email)):
            if text:
                self.write(self.page.locator(f"#{name}"), text)
        self.press(self.button("Make my pledge"))
        self.page.locator(ANSWERED).wait_for()

    def button(self, words):
        return self.page.get_by_role("button", name=words)

    def press(self, control):
        control.click()

    def tick(self, control):
        control.check()

    def write(self, control, text):
        control.fill(text)


class PlainPhone(Phone):
    """One that runs no scripts: its owner presses Refresh."""

    def sees(self, heading):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Refresh").click()
        assert self.page.get_by_role("heading", name=heading).count() >= 1, self.page.title()


class PhoneByKeys(Phone):
    """One whose owner uses a keyboard alone."""

    def __init__(self, page):
        super().__init__(page)
        self._keys = Keyboard(page)

    def press(self, control):
        self._keys.press(control)

    def tick(self, control):
        self._keys.tick(control)

    def write(self, control, text):
        self._keys.write(control, text)


@dataclass
class Room:
    """Everybody, and what axe found, or forced colours hid, on the screens that were looked at."""

    projector: Trainer
    facilitator: Trainer
    phones: list
    axe: object
    found: dict = field(default_factory=dict)

    def look(self, name, page):
        """A screen as it is now; `found` is empty as long as all of them are sound."""
        page.emulate_media(forced_colors="active")
        lost = forced_colours.lost(page)
        page.emulate_media(forced_colors="none")
        if violations := [*self.axe(page), *lost]:
            self.found[name] = violations

    def all_see(self, heading):
        for phone in self.phones:
            phone.sees(heading)
