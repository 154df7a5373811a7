// Before the first paint: colours, language, direction, and the neutral name and icon when chosen.
(function () {
  "use strict";
  const root = document.documentElement;
  function read(name) {
    try {
      return localStorage.getItem("hf." + name);
    } catch {
      return null;
    }
  }
  let theme = read("theme");
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.setAttribute("data-mantine-color-scheme", theme);
  const language = read("language");
  if (["en", "es", "de", "ar"].indexOf(language) >= 0) {
    root.lang = language;
    root.dir = language === "ar" ? "rtl" : "ltr";
  }
  if (read("neutral") === "1") {
    document.title = "Notes";
    document.getElementById("hf-icon").href = "/icons/notes.svg";
    document.getElementById("hf-touch-icon").href = "/icons/notes-192.png";
    document.getElementById("hf-manifest").href = "/notes.webmanifest";
  }
})();
