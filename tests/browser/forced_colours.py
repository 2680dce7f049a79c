"""What a reader with colours of their own would no longer see on a page."""

WORDS_AND_SHAPES = """() => {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = 'Canvas';
  const canvas = getComputedStyle(probe).color;
  probe.style.color = 'CanvasText';
  const ink = getComputedStyle(probe).color;
  probe.remove();
  const all = where => [...document.querySelectorAll(where)].filter(e => e.checkVisibility());
  const style = e => getComputedStyle(e);
  return [
    ...all('.kind, .tip, .card, .status, button, input')
      .filter(e => e.offsetParent && style(e).color === style(e).backgroundColor),
    ...all('.hands svg, .crowd rect, .counts rect, .steps-up rect, .bars rect, .handset .up')
      .filter(e => style(e).fill === canvas),
    ...all('.nation svg text, .nation svg .up').filter(e => style(e).fill !== ink),
    ...all('.handset .down, .nation svg .down, .hands .down, .crowd__down')
      .filter(e => all('.handset .no, .nation svg .up, .hands .no, .crowd__up')
        .some(other => style(other).fill === style(e).fill)),
    ...all('.gap__box, .dots li, .joincard, .handform, .yousaid, .big, .pickcard')
      .filter(e => [canvas, 'transparent'].includes(style(e).borderLeftColor)
        || style(e).borderLeftWidth === '0px'),
    ...all('.dots .on').filter(e => style(e).backgroundColor === canvas),
  ].map(e => e.outerHTML.slice(0, 80));
}"""


def lost(page):
    """Of a page in forced colours: words on their own colour, bars and boxes on the page's."""
    return page.evaluate(WORDS_AND_SHAPES)
