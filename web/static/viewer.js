// The API reference: the vendored viewer over one of our own documents.
import { mend } from "./viewer-mend.js";

const show = globalThis.SwaggerUIBundle; // a script from before modules
const place = document.getElementById("viewer");

// The viewer is dark by a class; our pages are as the system is, unless told.
const night = matchMedia("(prefers-color-scheme: dark)");
const dress = () => {
  const told = document.documentElement.dataset.theme;
  document.documentElement.classList.toggle("dark-mode", told ? told === "dark" : night.matches);
};
night.addEventListener("change", dress);
dress();

mend(place);
show({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true, // each operation has an address: #/Payments/createPayment
  validatorUrl: null, // nobody else is asked
  queryConfigEnabled: false, // a link chooses no document of others
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  tryItOutEnabled: true,
  requestSnippetsEnabled: true,
  onComplete() {
    document.documentElement.dataset.ready = "true";
  },
});
