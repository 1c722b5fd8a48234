package server_test

// What holds on every page besides what axe looks for, as scripts that name
// what breaks it.

// small names what is hard to hit with a finger, and what is hard to read. It
// is for narrow pages. Links in a line of text are as high as the line; the
// phones of the wall are pictures of phones, and have their screens full size
// on pages of their own.
const small = `(() => {
	const name = (e) => e.tagName + "." + (e.getAttribute("class") || "") + " " + (e.dataset.testid || e.textContent.trim().slice(0, 20));
	const found = new Set();
	const over = [...document.querySelectorAll("dialog[open], [aria-modal=true], [role=menu]")].at(-1) || document;
	for (const e of over.querySelectorAll("button, a.btn, input:not([type=hidden]), select, textarea, summary, [role=radio], [role=tab], [role=switch], [role=menuitem], [role=option]")) {
		if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || e.closest(".vh, .stage, .viewer, #viewer, [aria-hidden=true]")) continue;
		const target = e.closest("label") || e;
		const first = target.getBoundingClientRect();
		if (!first.width || first.height >= 43.5 && first.width >= 43.5) continue;
		target.scrollIntoView({ block: "center", behavior: "instant" });
		const box = target.getBoundingClientRect();
		const x = box.x + box.width / 2, y = box.y + box.height / 2, near = 21;
		const hits = (x, y) => [target, e].some((t) => t.contains(document.elementFromPoint(x, y)));
		if (!(hits(x, y - near) && hits(x, y + near) && hits(Math.max(1, x - near), y) && hits(Math.min(innerWidth - 2, x + near), y))) found.add("small for a finger: " + name(e) + " " + Math.round(box.width) + " by " + Math.round(box.height));
	}
	scrollTo({ top: 0, behavior: "instant" });
	return [...found];
})()`

// tiny names texts of less than twelve pixels.
const tiny = `(() => {
	const found = new Set();
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = 0; texts.nextNode() && n < 4000; n++) {
		const e = texts.currentNode.parentElement;
		if (!texts.currentNode.data.trim() || e.closest(".stage, .simtag, .sim, .vh, svg, script, style, noscript, #viewer") || !e.checkVisibility()) continue;
		if (parseFloat(getComputedStyle(e).fontSize) < 12) found.add("less than 12 px: " + e.tagName + "." + e.className + " " + texts.currentNode.data.trim().slice(0, 20));
	}
	return [...found];
})()`

// sideways names a page that scrolls sideways, once it has settled.
const sideways = `(async () => {
	let wide = "";
	for (let n = 0; n < 60; n++) {
		wide = ` + wideThings + `;
		if (!wide) return [];
		await new Promise(requestAnimationFrame);
	}
	return ["scrolls sideways: " + wide.slice(0, 300)];
})()`

// plain names what is lost in forced colours: borders of badges and buttons,
// rings and the words of the stripe.
const plain = `(() => {
	const found = new Set();
	const seen = (e) => e.checkVisibility({ visibilityProperty: true });
	for (const e of document.querySelectorAll(".badge, .btn, .stripe")) if (seen(e) && parseFloat(getComputedStyle(e).borderTopWidth) < 1) found.add("has no border in forced colours: " + e.className);
	for (const e of document.querySelectorAll(".ring .val")) if (seen(e) && getComputedStyle(e).stroke === getComputedStyle(e.parentElement.querySelector(".trk") || e).stroke) found.add("a ring that shows nothing in forced colours");
	return [...found];
})()`

// outside names what a page has loaded from elsewhere.
const outside = `performance.getEntriesByType("resource").map((e) => e.name).filter((name) => /^(https?|wss?):/.test(name) && new URL(name).host !== location.host).map((name) => "loaded from elsewhere: " + name)`

// ids are the test ids on a page, and of the pages in its frames.
const ids = `[...new Set([document, ...[...document.querySelectorAll("iframe")].map((f) => f.contentDocument).filter(Boolean)].flatMap((d) => [...d.querySelectorAll("[data-testid]")].map((e) => e.dataset.testid)))]`
