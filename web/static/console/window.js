// Long lists: only the rows that can be seen are drawn, with room for the
// others above and below.
import { useState, useRef, useLayoutEffect } from "../vendor/preact-htm.js";

// margin is how many rows more are drawn on either side, so that scrolling
// and the keys find something there.
const margin = 12;

// useWindow says which of so many rows to draw: from, to, and the height of
// what is left out. list goes on what holds the rows; box is what scrolls,
// where that is not the page.
export function useWindow(count, height, box) {
  const list = useRef();
  const row = useRef(height);
  const [seen, see] = useState({ from: 0, to: 60 });
  useLayoutEffect(() => {
    const look = () => {
      if (!list.current) return;
      const first = list.current.querySelector("[data-drawn]");
      if (first?.offsetHeight) row.current = first.offsetHeight + (first.tagName === "LI" ? 8 : 0);
      const top = Math.max(0, box.current?.getBoundingClientRect().top || 0) - list.current.getBoundingClientRect().top;
      const from = Math.max(0, Math.floor(top / row.current) - margin);
      const to = Math.ceil((top + innerHeight) / row.current) + margin;
      see((old) => (old.from === from && old.to === to ? old : { from, to }));
    };
    look();
    const holder = box.current;
    holder?.addEventListener("scroll", look, { passive: true });
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      holder?.removeEventListener("scroll", look);
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [count]);
  const from = Math.min(seen.from, Math.max(0, count - 1));
  const to = Math.min(count, Math.max(seen.to, from + 1));
  return { list, from, to, above: from * row.current, below: (count - to) * row.current };
}
