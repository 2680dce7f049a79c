"""Somebody who uses the keyboard alone: Tab, arrows, Space, Enter and letters."""

MOST_TABS = 200
IS_FOCUSED = "e => e === document.activeElement"
IS_IN_ITS_GROUP = (
    "e => e.name === document.activeElement.name && document.activeElement.type === e.type"
)
ANYWHERE = "() => document.activeElement === document.body"
# GOV.UK Frontend draws the ring of a tick box on its label; a transparent outline is for
# forced colours alone.
SHOWS_FOCUS = """e => {
    const label = e.labels && e.labels[0];
    const styles = [getComputedStyle(e), ...(label ? [getComputedStyle(label, '::before')] : [])];
    const isRing = s => s.boxShadow !== 'none' ||
        (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 &&
         !['transparent', 'rgba(0, 0, 0, 0)'].includes(s.outlineColor));
    const box = (label && parseFloat(getComputedStyle(e).opacity) === 0 ? label : e)
        .getBoundingClientRect();
    return styles.some(isRing) && box.width > 1 && box.height > 1 &&
        box.bottom > 0 && box.top < innerHeight;
}"""


class Keyboard:
    """Acts on what a locator finds, once Tab has led there and the focus can be seen."""

    def __init__(self, page):
        self.page = page
        self._keys = page.keyboard

    def press(self, control):
        """Follow a link, press a button or open what is folded."""
        self._reach(control)
        self._keys.press("Enter")

    def leave_by(self, control):
        """The same, and wait for the page that it leads to."""
        self._reach(control)
        with self.page.expect_navigation():
            self._keys.press("Enter")

    def tick(self, control):
        self._reach(control)
        self._keys.press("Space")

    def choose(self, radio):
        """Tab leads to a group, arrows within it."""
        wanted = radio.element_handle()
        self._tab_until(wanted, IS_IN_ITS_GROUP)
        for _ in range(MOST_TABS):
            if wanted.evaluate(IS_FOCUSED):
                break
            self._keys.press("ArrowDown")
        assert wanted.evaluate(SHOWS_FOCUS), f"the focus cannot be seen on {radio}"
        self._keys.press("Space")
        assert radio.is_checked()

    def write(self, field, text):
        """In place of whatever stood there."""
        self._reach(field)
        self._keys.press("Control+A")
        self._keys.type(text)

    def write_day(self, field, digits):
        """Of a day and a month that are the same number: browsers differ in which comes first."""
        self._reach(field)
        self._keys.type(digits)

    def _reach(self, control):
        wanted = control.element_handle()
        self._tab_until(wanted, IS_FOCUSED)
        assert wanted.evaluate(SHOWS_FOCUS), f"the focus cannot be seen on {control}"

    def _tab_until(self, wanted, is_there):
        self._skip_to(wanted)
        for _ in range(MOST_TABS):
            if wanted.evaluate(is_there):
                return
            self._keys.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")

    def _skip_to(self, wanted):
        """On a page that has just come, over the head of it."""
        if not self.page.evaluate(ANYWHERE) or not wanted.evaluate("e => !!e.closest('main')"):
            return
        self._keys.press("Tab")
        if self.page.evaluate("document.activeElement.className") == "govuk-skip-link":
            self._keys.press("Enter")
