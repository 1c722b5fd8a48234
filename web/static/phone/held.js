// A field that somebody types in or drags while the page around it is drawn
// again and again: it follows what was saved, and is left alone meanwhile.
import { html, useLayoutEffect, useRef } from "../vendor/preact-htm.js";

export function Held({ value, ...rest }) {
  const field = useRef(null);
  useLayoutEffect(() => {
    field.current.value = value;
  }, [value]);
  return html`<input ref=${field} ...${rest}/>`;
}
