// The look somebody chose in the settings of the console, before anything is
// drawn: it stands in this browser, for all pages that read it.
(() => {
  try {
    for (const name of ["theme", "density"]) {
      const chosen = localStorage.getItem("liksom." + name);
      if (chosen) document.documentElement.dataset[name] = chosen;
    }
  } catch { /* a browser that keeps nothing follows the system */ }
})();
