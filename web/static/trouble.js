// A page of trouble has nothing to wait for.
import "./copy.js";

document.documentElement.dataset.ready = "true";
