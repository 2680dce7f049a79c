"""Find what may be about a person: names, phone numbers, addresses of mail, postcodes.

It would rather miss a name than call a council one: people stop reading checks that cry wolf.
"""

import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\d£,.])(?:\+44\s?(?:\(0\)\s?)?|\(?0)(?:\d[\s()-]?){8,9}\d(?![\d%])")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")
_WORD = r"[A-ZÀ-ÞŴŶ][\w’'ŵŷ-]+"
_INITIALS = r"(?:[A-Z]\.?\s)?"
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Dame|Lord|Lady|Baroness|Rev|Reverend"
    rf"|Cllr|Cllrs|Councillor|Councillors|Cyng|Cynghorydd)\.?\s+({_INITIALS}{_WORD}(?:\s+{_WORD})?)"
)
_TWO_WORDS = re.compile(rf"\b({_WORD})(?=\s+{_INITIALS}({_WORD}))")
_NO_SURNAMES = {
    *"""academy action association award avenue board borough bridge budget building call camera
    castle cathedral centre champion chamber charity church city close college combined comms
    committee community conduct council councillor county court crescent cross day development
    district division drive estate facebook farm festival fire forum foundation gardens
    government green group hall health heath hill home hospital hotel house housing institute
    island judge justice lane lead leader library lieutenant lodge market mayor mayoress member
    members museum network office officer park parish parliament partnership place police
    policy primary programme project questions quarter report review road room school
    scrutiny service services social society square station street support team terrace theatre
    town training trust twitter union university valley view village walk ward way wharf wood
    works youth""".split()
}
_FIRST_NAMES = {
    *"""Aaron Abdul Abigail Adam Adrian Ahmed Aisha Alan Alastair Albert Alex Alexander Alexandra
    Ali Alice Alison Alun Amanda Amelia Amira Amy Andrea Andrew Angela Angharad Anita Ann Anna
    Anne Anthony Arthur Barbara Barry Ben Benjamin Bernard Beth Bethan Beverley Brenda Brian
    Bronwen Bryn Callum Carol Caroline Catherine Catrin Ceri Charles Charlotte Chloe Chris
    Christina Christine Christopher Claire Clare Colin Craig Daniel Dafydd Darren David Dawn
    Deborah Debbie Denise Dennis Derek Diane Donald Donna Dorothy Duncan Dylan Edward Eirian
    Eleanor Elizabeth Ella Ellen Emily Emma Eric Erin Eryl Ethan Euan Evan Fatima Fiona Frances
    Francis Gareth Gary Gemma Geoffrey George Georgina Geraint Gerald Gillian Glenys Gordon
    Graham Greg Gwen Gwyn Hannah Harriet Harry Hassan Heather Helen Helena Henry Howard Huw
    Hywel Ian Ieuan Imran Ioan Iolo Isabel Isabella Ivan Jack Jacqueline Jake James Jamie Jane
    Janet Janice Jason Jayne Jean Jennifer Jenny Jeremy Jessica Jill Jo Joan Joanna Joanne Joe
    John Jonathan Joseph Josh Joshua Joyce Judith Julia Julian Julie Karen Kate Katherine
    Kathleen Katie Keith Kelly Ken Kenneth Kerry Kevin Kirsty Laura Lauren Leanne Lesley Leslie
    Lewis Liam Linda Lisa Liz Llinos Louise Lowri Lucy Luke Lynne Malcolm Mandy Mair Margaret
    Maria Marie Martin Mary Mathew Matthew Maureen Megan Mererid Michael Michelle Mike Mohammed
    Mohamed Muhammad Nadia Nancy Natalie Natasha Neil Nia Niamh Nicholas Nicola Nigel Oliver
    Olivia Owain Pamela Patricia Patrick Paul Paula Pauline Peter Philip Phillip Phoebe Priya
    Rachel Raymond Rebecca Rhian Rhiannon Rhodri Rhys Richard Robert Robin Roger Ronald Rosemary
    Roy Ruth Ryan Sally Sam Samantha Samuel Sandra Sarah Scott Sean Sharon Sheila Shirley Sian
    Siân Simon Sioned Sophie Stephanie Stephen Steve Steven Stuart Susan Suzanne Sylvia Tegwen
    Teresa Terry Thomas Tim Timothy Tom Tony Tracey Tracy Trevor Valerie Victor Wayne Wendy
    William Yasmin Yusuf Yvonne Zoe""".split()
}


def find(text: str) -> list[str]:
    """What may be about a person, as it stands in the text, each once."""
    found = [
        *(match[0] for match in _EMAIL.finditer(text)),
        *(match[0].strip() for match in _PHONE.finditer(text) if _is_phone(match[0])),
        *(match[0] for match in _POSTCODE.finditer(text)),
        *(match[0] for match in _TITLED.finditer(text) if _is_surname(match[1].split()[-1])),
        *(
            text[match.start() : match.end(2)]
            for match in _TWO_WORDS.finditer(text)
            if match[1] in _FIRST_NAMES and _is_surname(match[2])
        ),
    ]
    distinct = list(dict.fromkeys(found))
    return [each for each in distinct if not any(each in o and each != o for o in distinct)]


def _is_surname(word: str) -> bool:
    plain = word.removesuffix("’s").removesuffix("'s").lower()
    return plain not in _NO_SURNAMES


def _is_phone(text: str) -> bool:
    national = re.sub(r"^(?:44)?0?", "", re.sub(r"\D", "", text))
    return len(national) in {9, 10}
