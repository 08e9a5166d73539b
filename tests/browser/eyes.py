"""What is asked of a page inside the browser, beside axe."""

#: Faults that axe does not look for. A link inside a sentence may be lower than 24 px (WCAG 2.2, 2.5.8, inline).
LAYOUT = """() => {
  const wide = document.scrollingElement.scrollWidth - innerWidth;
  const seen = (e) => { const r = e.getBoundingClientRect(); const s = getComputedStyle(e);
    return r.width > 1 && r.height > 1 && s.visibility !== 'hidden' && !e.closest('.visually-hidden, .skip'); };
  const inline = (e) => e.tagName === 'A' && getComputedStyle(e).display === 'inline'
    && e.closest('p, dd, li, td, th, h3, label');
  const controls = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(seen);
  const small = controls.filter((e) => !inline(e))
    .filter((e) => { const r = e.getBoundingClientRect(); return r.height < 23.5 || r.width < 23.5; })
    .filter((e) => !(e.matches('input[type=checkbox], input[type=radio]') && e.closest('label')))
    .map((e) => e.outerHTML.slice(0, 90));
  const named = (e) => e.ariaLabel || e.title || e.textContent.trim() || e.labels?.length
    || e.getAttribute('aria-labelledby')
    || e.querySelector('img[alt]:not([alt=""]), svg title, .visually-hidden') || (e.type === 'submit' && e.value);
  const nameless = controls.filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 90));
  const levels = [...document.querySelectorAll('h1,h2,h3,h4')].map((e) => Number(e.tagName[1]));
  const skipped = levels.some((level, i) => i && level > levels[i - 1] + 1);
  const faults = [];
  if (wide > 0) faults.push(`wider than the screen by ${wide} px`);
  if (small.length) faults.push(`targets under 24 px: ${small.join(' | ')}`);
  if (nameless.length) faults.push(`without a name: ${nameless.join(' | ')}`);
  if (!document.title.trim()) faults.push('without a title');
  const language = location.pathname.startsWith('/en/') ? 'en' : 'zh';
  if (!document.documentElement.lang.startsWith(language)) faults.push(`in ${document.documentElement.lang}`);
  if (levels.filter((level) => level === 1).length !== 1) faults.push(`headings of the first level: ${levels}`);
  if (skipped) faults.push(`a level of headings is skipped: ${levels}`);
  return faults;
}"""

#: Each way in which letters are painted on the page: their colour, whether they count as large print, what lies behind
#: them; of a link also the words around it. What axe says of contrast hangs on these alone.
PAINTS = """() => {
  const ways = new Set();
  const behind = (e) => {
    const layers = [];
    for (let up = e; up; up = up.parentElement) {
      const s = getComputedStyle(up);
      if (s.opacity !== '1' || s.backgroundImage !== 'none') layers.push(s.opacity, s.backgroundImage);
      if (s.backgroundColor !== 'rgba(0, 0, 0, 0)') layers.push(s.backgroundColor);
      if (s.backgroundColor.startsWith('rgb(')) break;
    }
    return layers;
  };
  const large = (s) => parseFloat(s.fontSize) >= (s.fontWeight >= 700 ? 18.66 : 24);
  for (const e of document.body.querySelectorAll('*')) {
    const speaks = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!(speaks || e.matches('input, select, textarea')) || !e.checkVisibility()) continue;
    const s = getComputedStyle(e);
    const way = [s.color, large(s), s.textShadow, e.matches(':disabled'), ...behind(e)];
    if (e.tagName === 'A') {
      const p = getComputedStyle(e.parentElement);
      way.push(s.textDecorationLine, s.borderBottomWidth, s.fontStyle, s.display);
      way.push(p.color, s.fontWeight === p.fontWeight);
    }
    ways.add(way.join(';'));
  }
  return [...ways];
}"""

#: Of each element, in order, whether it is there for the reader.
SHOWN = """() => [...document.body.querySelectorAll('*')].map((e) => e.checkVisibility() ? 1 : 0).join('')"""
