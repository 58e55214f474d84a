/* Streamlit's own words in French.
 *
 * Streamlit has no translation layer. This script runs before Streamlit's, holds a dictionary and a few patterns, and
 * replaces whole texts as they appear (a MutationObserver's callback runs before the browser paints: no English is
 * seen). It only sets text nodes and the attributes aria-label, aria-valuetext, title, placeholder and alt; it never builds HTML.
 * What the pages and the data say is left alone: see USER_TEXT. The words change with each release of Streamlit:
 * tests/browser lists the English that is left, tests/ui holds that these words still stand in the installed version.
 */
(() => {
  "use strict";

  // Where the server is: beside this very file. On /carte, Streamlit would first look for it under /carte/ and meet
  // two errors 404 before finding it one level up.
  window.__streamlit = { BACKEND_BASE_URL: new URL("../../", document.currentScript.src).href };

  // Calendars, numbers and sorting follow the browser's language; the application is French whatever the browser.
  for (const [name, value] of [["language", "fr-FR"], ["languages", Object.freeze(["fr-FR", "fr"])]]) {
    Object.defineProperty(Navigator.prototype, name, { configurable: true, get: () => value });
  }
  for (const [prototype, names] of [
    [Number.prototype, ["toLocaleString"]],
    [Date.prototype, ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"]],
  ]) {
    for (const name of names) {
      const original = prototype[name];
      prototype[name] = function (locales, options) {
        return original.call(this, locales ?? "fr-FR", options);
      };
    }
  }

  const WORDS = {
    // The frame: header, menus, status
    "Skip to main content": "Aller au contenu",
    "App pages": "Pages de l’application",
    "App Logo": "Logo de l’application",
    "Navigate to home page": "Aller à l’accueil",
    "Header Logo": "Logo",
    "Sidebar Logo": "Logo",
    "Logo": "Logo",
    "Sidebar": "Menu",
    "Expand sidebar": "Menu",
    "Collapse sidebar": "Fermer le menu",
    "View less": "Voir moins",
    "view less": "voir moins",
    "view more": "voir plus",
    "Main menu": "Menu principal",
    "Toolbar action": "Action",
    "Notifications": "Notifications",
    "Close": "Fermer",
    "Cancel": "Annuler",
    "Copy": "Copier",
    "Copied": "Copié",
    "Copied!": "Copié !",
    "Copy to clipboard": "Copier",
    "Copy version to clipboard": "Copier la version",
    "Rerun": "Relancer",
    "Always rerun": "Toujours relancer",
    "Auto rerun": "Relance automatique",
    "Clear cache": "Vider le cache",
    "Clear caches": "Vider les caches",
    "Print": "Imprimer",
    "Record screen": "Enregistrer l’écran",
    "Record a screencast": "Enregistrer une vidéo de l’écran",
    "Cancel recording": "Annuler l’enregistrement",
    "Stop recording": "Arrêter l’enregistrement",
    "Start recording": "Commencer l’enregistrement",
    "Settings": "Réglages",
    "Theme": "Thème",
    "Light": "Clair",
    "Dark": "Sombre",
    "System": "Système",
    "Use system setting": "Suivre le système",
    "About": "À propos",
    "Get help": "Aide",
    "Report a bug": "Signaler une anomalie",
    "Deploy": "Déployer",
    "Running...": "Calcul en cours…",
    "Stop": "Arrêter",
    "Stopping...": "Arrêt…",
    "File change.": "Le programme a changé.",
    "Please wait...": "Un instant…",
    "Loading...": "Chargement…",
    "Loading": "Chargement",
    "Link to heading": "Lien vers ce titre",
    "Don't show again": "Ne plus afficher",
    "Learn more": "En savoir plus",
    "Try again": "Réessayer",
    "Continue anyway": "Continuer quand même",

    // Connection and errors
    "Connecting": "Connexion…",
    "CONNECTING": "CONNEXION…",
    "Connecting to Streamlit server": "Connexion au serveur",
    "Connection error": "Connexion perdue",
    "Connection closed": "Connexion fermée",
    "Connection timed out": "Le serveur ne répond pas",
    "Connection timed out.": "Le serveur ne répond pas.",
    "Request timed out": "Le serveur ne répond pas",
    "Network error": "Erreur de réseau",
    "Network issue": "Problème de réseau",
    "Unknown error": "Erreur inconnue",
    "Reconnected to server.": "Connexion rétablie.",
    "Unable to connect to Streamlit server": "Le serveur est injoignable",
    "Connection lost. Please wait for the app to reconnect, then try again.":
      "Connexion perdue. Attendez qu’elle revienne, puis recommencez.",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "Zevillage tourne-t-il encore ? S’il a été arrêté, relancez-le sur l’ordinateur qui le sert :",
    "streamlit run yourscript.py": "make run",
    "Streamlit server is not responding. Are you connected to the internet?":
      "Le serveur ne répond pas. Le réseau est-il coupé ?",
    "Page not found": "Page introuvable",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "Cette page n’existe pas. Voici l’accueil.",
    "Script execution error": "Erreur du programme",
    "Bad message format": "Message illisible",
    "No message": "Pas de message",
    "Error": "Erreur",
    "Error:": "Erreur :",
    "Traceback:": "Détail :",
    "This app has encountered an error. The original error message is redacted to prevent data leaks. Full error details have been recorded in the logs (if you're on Streamlit Cloud, click on 'Manage app' in the lower right of your app).":
      "Une erreur s’est produite. Son détail est dans le journal du serveur, pas à l’écran, pour ne rien divulguer. Rechargez la page ; si l’erreur revient, prévenez la personne qui tient le serveur.",
    "Cannot load Streamlit frontend code. This can happen when you update Streamlit while a Streamlit app is running.":
      "Une partie de la page n’a pas pu être chargée. Cela arrive quand le serveur vient d’être mis à jour.",
    "To fix this, simply reload this app by pressing": "Rechargez la page avec",
    "Your app is having trouble loading the component.": "Cet élément n’a pas pu être chargé.",
    "Image source failed to load": "L’image n’a pas pu être chargée",
    "Failed to load data": "Les données n’ont pas pu être chargées",
    "No active connection is available to load more rows.": "La connexion manque pour charger la suite.",

    // Every element's small toolbar
    "Fullscreen": "Plein écran",
    "Close fullscreen": "Quitter le plein écran",
    "View fullscreen": "Plein écran",
    "Exit fullscreen": "Quitter le plein écran",
    "Show data": "Voir les données",
    "Show chart": "Voir le graphique",
    "Download as PNG": "Télécharger en PNG",
    "Download as CSV": "Télécharger en CSV",
    "Copy Vega-Lite spec": "Copier la description du graphique",
    "Save as PNG": "Enregistrer en PNG",
    "Save as SVG": "Enregistrer en SVG",
    "View Source": "Voir la source",
    "View Compiled Vega": "Voir la source compilée",
    "Open in Vega Editor": "Ouvrir dans l’éditeur Vega",
    "Click to view actions": "Voir les actions",
    "streamlit_folium.st_folium": "Carte interactive",

    // Tables
    "Search": "Chercher",
    "Type to search": "Texte à chercher",
    "Close Search": "Fermer la recherche",
    "Previous Result": "Résultat précédent",
    "Next Result": "Résultat suivant",
    "Show/hide columns": "Choisir les colonnes",
    "Select all": "Tout sélectionner",
    "Clear selection": "Effacer la sélection",
    "Add row": "Ajouter une ligne",
    "Delete row(s)": "Supprimer les lignes",
    "Dataframe column menu": "Menu de la colonne",
    "Button action menu": "Menu d’actions",
    "Copy column name": "Copier le nom de la colonne",
    "Sort ascending": "Tri croissant",
    "Sort descending": "Tri décroissant",
    "Statistics": "Statistiques",
    "number": "Nombre",
    "text": "Texte",
    "datetime": "Date et heure",
    "checkbox": "Case à cocher",
    "object": "Objet",
    "Format": "Format",
    "Autosize": "Ajuster la largeur",
    "Pin column": "Figer la colonne",
    "Unpin column": "Libérer la colonne",
    "Hide column": "Masquer la colonne",
    "Automatic": "Automatique",
    "Localized": "À la française",
    "Plain": "Brut",
    "Compact": "Abrégé",
    "Dollar": "Dollar",
    "Euro": "Euro",
    "Yen": "Yen",
    "Percent": "Pour cent",
    "Scientific": "Scientifique",
    "Accounting": "Comptable",
    "Distance": "Écart à aujourd’hui",
    "Duration": "Durée",
    "Calendar": "Calendrier",
    "Empty": "Vides",
    "Distinct": "Distinctes",
    "Count": "Nombre",
    "Values": "Valeurs",
    "Average": "Moyenne",
    "Average length": "Longueur moyenne",
    "Median": "Médiane",
    "Minimum": "Minimum",
    "Minimum length": "Longueur minimale",
    "Maximum": "Maximum",
    "Maximum length": "Longueur maximale",
    "Range": "Étendue",
    "Standard deviation": "Écart-type",
    "Sum": "Somme",
    "Based on sample": "Sur un échantillon",
    "Distribution histogram": "Histogramme de la répartition",
    "Top values frequency chart": "Valeurs les plus fréquentes",
    "No data": "Aucune donnée",
    "empty": "vide",
    "No content": "Rien",
    "Scrollable table": "Tableau à faire défiler",
    "Rename": "Renommer",
    "Edit": "Modifier",
    "Wrap": "Renvoyer à la ligne",
    "Incompatible value": "Valeur incompatible",
    "The value cannot be interpreted as a number.": "Cette valeur n’est pas un nombre.",
    "The value cannot be interpreted as a datetime object.": "Cette valeur n’est pas une date.",
    "The value cannot be interpreted as boolean.": "Cette valeur n’est ni vrai ni faux.",
    "The value is not part of the allowed options.": "Cette valeur n’est pas dans la liste.",

    // Choices
    "Choose an option": "Choisissez",
    "Choose options": "Choisissez",
    "Choose or add an option": "Choisissez ou ajoutez",
    "Choose or add options": "Choisissez ou ajoutez",
    "Add an option": "Ajoutez",
    "Add options": "Ajoutez",
    "No results": "Aucun résultat",
    "No options": "Aucun choix",
    "No options to select": "Aucun choix possible",
    "No options to select.": "Aucun choix possible.",
    "Help": "Aide",
    "Selectbox": "Choix",
    "Multiselect": "Choix",
    "Selectbox options": "Choix possibles",
    "Multiselect options": "Choix possibles",
    "Selected values": "Choix retenus",
    "Show suggestions": "Voir les choix",
    "Clear all": "Tout effacer",
    "Clear value": "Effacer",
    "Clear entry": "Effacer",
    "Clear": "Effacer",
    "Open": "Ouvrir",
    "Select...": "Choisissez…",
    "Pagination": "Pages",
    "Next page": "Page suivante",
    "Previous page": "Page précédente",
    "Scroll tabs left": "Onglets précédents",
    "Scroll tabs right": "Onglets suivants",

    // Entries
    "Press Enter to apply": "Entrée pour valider",
    "Press Enter to submit form": "Entrée pour envoyer",
    "Press Ctrl+Enter to apply": "Ctrl+Entrée pour valider",
    "Press Ctrl+Enter to submit form": "Ctrl+Entrée pour envoyer",
    "Press ⌘+Enter to apply": "⌘+Entrée pour valider",
    "Press ⌘+Enter to submit form": "⌘+Entrée pour envoyer",
    "This field is required.": "Ce champ est obligatoire.",
    "Invalid value.": "Valeur incorrecte.",
    "Invalid input.": "Saisie incorrecte.",
    "Increment": "Augmenter",
    "Decrement": "Diminuer",
    "Number is above the allowed range.": "Nombre trop grand.",
    "Number is below the allowed range.": "Nombre trop petit.",
    "Invalid data type": "Type incorrect",
    "Show password": "Montrer le mot de passe",
    "Hide password": "Cacher le mot de passe",
    "Color picker": "Choix de couleur",
    "Color Picker": "Choix de couleur",
    "Send message": "Envoyer",
    "Thumbs up": "Pouce levé",
    "Thumbs down": "Pouce baissé",

    // Dates and times
    "Choose date": "Choisir une date",
    "Choose date range": "Choisir une période",
    "Choose date and time": "Choisir date et heure",
    "Clear date": "Effacer la date",
    "Clear dates": "Effacer les dates",
    "Clear time": "Effacer l’heure",
    "Clear date and time": "Effacer date et heure",
    "Date range": "Période",
    "Time": "Heure",
    "Next month": "Mois suivant",
    "Previous month": "Mois précédent",
    "Quick select a date range": "Périodes courantes",
    "Past Week": "La semaine passée",
    "Past Month": "Le mois passé",
    "Past 3 Months": "Les 3 derniers mois",
    "Past 6 Months": "Les 6 derniers mois",
    "Past Year": "L’an passé",
    "Past 2 Years": "Les 2 dernières années",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "Flèches pour changer de jour, Entrée pour choisir, Échap pour fermer.",
    "Use arrow keys to navigate. Enter to select. Tab to switch between calendar and time. Escape to close.":
      "Flèches pour se déplacer, Entrée pour choisir, Tab entre calendrier et heure, Échap pour fermer.",
    "Hours must be 0–23": "Heures de 0 à 23",
    "Hours must be 0–23.": "Heures de 0 à 23.",
    "Minutes must be 0–59.": "Minutes de 0 à 59.",
    "Seconds must be 0–59.": "Secondes de 0 à 59.",
    "Invalid time format. Please use HH:MM.": "Heure attendue sous la forme HH:MM.",

    // Files
    "Upload": "Parcourir",
    "file upload": "Dépôt de fichier",
    "files are not allowed.": "n’est pas un type de fichier accepté.",
    "Upload directories": "Choisir des dossiers",
    "Add files": "Ajouter des fichiers",
    "Drag and drop a file here": "Déposez un fichier ici",
    "Drag and drop files here": "Déposez des fichiers ici",
    "Drag and drop directories here": "Déposez des dossiers ici",
    "File Uploader": "Dépôt de fichier",
    "Files": "Fichiers",
    "Click to retry upload": "Réessayer l’envoi",
    "Upload failed": "L’envoi a échoué",
    "Too many files": "Trop de fichiers",
    "Error uploading file": "L’envoi a échoué",
    "Error deleting file": "La suppression a échoué",
    "File size is too small.": "Fichier trop petit.",
    "Download failed": "Le téléchargement a échoué",
    "Download Button": "Télécharger",
    "Unexpected error. Please try again.": "Erreur inattendue. Recommencez.",
  };

  const PATTERNS = [
    [/^View (\d+) more$/, "Voir les $1 autres"],
    [/^(\d+) more$/, "$1 de plus"],
    [/^Page (\d+)$/, "Page $1"],
    [/^Help for (.+)$/, (all, label) => `Aide : ${spoken(label)}`],
    [/^(Choose date|Choose date range|Choose date and time), (.+)$/, (all, action, when) => `${DICTIONARY.get(action)}, ${when}`],
    [/^(era|year|month|day|weekday|hour|minute|second|AM\/PM), (.+)$/, (all, part, label) => `${DATE_PARTS[part]}, ${translate(label) ?? label}`],
    [/^Number is outside the allowed range\. Please enter a value between (.+) and (.+)\.$/, "Nombre hors limites : de $1 à $2."],
    [/^X-axis titled '(.+)' for a .*scale with (.+)$/, (all, title, extent) => `Axe horizontal « ${title} », ${vega(extent)}`],
    [/^Y-axis titled '(.+)' for a .*scale with (.+)$/, (all, title, extent) => `Axe vertical « ${title} », ${vega(extent)}`],
    [/^X-axis for a .*scale with (.+)$/, (all, extent) => `Axe horizontal, ${vega(extent)}`],
    [/^Y-axis for a .*scale with (.+)$/, (all, extent) => `Axe vertical, ${vega(extent)}`],
    [/^binStart: .*; Range: (.+); Count: (\d+)$/, "$1 : $2"],
    [/^.*; Value: (.+); Count: (\d+)$/, "$1 : $2"],
    [/^(\d+)(?:st|nd|rd|th) percentile$/, "$1ᵉ centile"],
    [/^Title text '(.+)'$/, "Titre « $1 »"],
    [/^(Symbol|Gradient) legend(?: titled '(.+)')? for (.+) with (.+)$/,
      (all, kind, title, what, extent) => `Légende${title ? ` « ${title} »` : ""}, ${vega(extent)}`],
    [/^(.+), ([\d.]+)\s?(B|KB|MB|GB)$/, (all, file, size, unit) => `${file}, ${size.replace(".", ",")} ${bytes(unit)}`],
    [/^Remove (.+)$/, "Retirer $1"],
    [/^Download as ([A-Z]+)$/, "Télécharger en $1"],
    [/^Upload or drag and drop (.+)$/, "Choisir ou déposer : $1"],
    [/^Value must be (.+) or earlier\.$/, "Au plus tard le $1."],
    [/^Value must be (.+) or later\.$/, "Au plus tôt le $1."],
    [/^Delete (.+)$/, "Supprimer $1"],
    [/^Add: (.+)$/, "Ajouter : $1"],
    [/^Select (\d+) match(?:es)?$/, "Sélectionner les $1 résultats"],
    [/^Selected (.+)\. (.+)$/, "$1 choisi. $2"],
    [/^(.+) start date$/, "$1, début"],
    [/^(.+) end date$/, "$1, fin"],
    [/^(.+) color picker$/, "$1, choix de couleur"],
    [/^Download (.+) as CSV$/, "Télécharger $1 en CSV"],
    [/^You have requested page \/(.*), but no corresponding file was found in the app's pages\/ directory\. Running the app's main page\.$/,
      "La page /$1 n’existe pas. Voici l’accueil."],
    [/^Connection failed with status (.+)$/, "La connexion a échoué (état $1)"],
    [/^([\d.,]+)\s?(B|KB|MB|GB) per file(.*)$/, (all, size, unit, rest) => `${size.replace(".", ",")} ${bytes(unit)} au plus par fichier${rest}`],
    [/^Limit ([\d.,]+)\s?(B|KB|MB|GB) per file(.*)$/, (all, size, unit, rest) => `${size.replace(".", ",")} ${bytes(unit)} au plus par fichier${rest}`],
    [/^([\d]+(?:\.\d+)?)\s?(B|KB|MB|GB)$/, (all, size, unit) => `${size.replace(".", ",")} ${bytes(unit)}`],
    [/^File must be ([\d.,]+)\s?(B|KB|MB|GB) or smaller\.?$/, (all, size, unit) => `Fichier trop gros : ${size.replace(/[.,]0$/, "").replace(".", ",")} ${bytes(unit)} au plus.`],
    [/^(?:AxiosError: )?Request failed with status code (\d+)$/, "L’envoi a été refusé (état $1). Rechargez la page, puis recommencez."],
    [/^(?:AxiosError: )?Network Error$/, "L’envoi n’a pas abouti : vérifiez la connexion, puis recommencez."],
    [/^File is larger than (.+)$/, "Fichier de plus de $1"],
    [/^File is smaller than (.+)$/, "Fichier de moins de $1"],
    [/^(.+) files are not allowed\.$/, "Les fichiers $1 ne sont pas acceptés."],
    [/^Showing page (\d+) of (\d+)$/, "Page $1 sur $2"],
    [/^\(([\d.]+) seconds\)$/, (all, seconds) => `(${seconds.replace(".", ",")} secondes)`],
  ];

  const bytes = (unit) => ({ B: "octets", KB: "Ko", MB: "Mo", GB: "Go" })[unit];
  const DATE_PARTS = {
    era: "ère", year: "année", month: "mois", day: "jour", weekday: "jour de la semaine",
    hour: "heure", minute: "minute", second: "seconde", "AM/PM": "matin ou après-midi",
  };
  // How Vega tells what an axis or a legend spans.
  const vega = (extent) => extent
    .replace(/^values from (.+) to (.+)$/, "de $1 à $2")
    .replace(/^(\d+) values?: (.+)$/, "$1 valeurs : $2")
    .replace(/, ending with /, ", jusqu’à ");
  // French typography: a narrow no-break space before these signs.
  const typeset = (text) => text.replace(/ ([;:!?»])/g, "\u202f$1").replace(/« /g, "«\u202f");

  const DICTIONARY = new Map(Object.entries(WORDS).map(([english, french]) => [english, typeset(french)]));
  // Icons are ligatures of a font: the word « search » draws a glass.
  const NEVER = "script, style, textarea, [data-testid$='Icon'], [data-testid='stIconMaterial'], [contenteditable='true']";
  // What pages and data say. Streamlit draws its own tooltips and dialogs as Markdown too, so only the containers of
  // page elements are listed, not Markdown as such.
  const USER_TEXT = [
    "[data-user-text]", ".notranslate", "td", "th", "pre:not([data-testid='stDialog'] pre)", "[role='gridcell']", "[role='option']",
    ...["stMarkdown", "stHeading", "stText", "stTable", "stMetric", "stCaptionContainer", "stAlert", "stHtml", "stWidgetLabel",
      "stTopNavLink", "stTab", "stExpander summary", "stVegaLiteChart svg", "stTextInputRootElement"]
      .map((id) => id.replace(/^(\w+)/, "[data-testid='$1']")),
  ].join(", ");
  // A list of choices is data, but for these entries that Streamlit adds to it.
  const IN_OPTIONS = /^(Select all|Select \d+ match(es)?|No results|No options to select|Add: .+)$/;
  const ATTRIBUTES = ["aria-label", "aria-valuetext", "title", "placeholder", "alt"];

  /** The French for a whole text, or null when it is not one of Streamlit's. */
  function translate(text) {
    const key = text.trim().replace(/\s+/g, " ");
    if (key.length < 2 || key.length > 400) return null;
    const exact = DICTIONARY.get(key);
    if (exact !== undefined) return exact === key ? null : text.replace(text.trim(), () => exact);
    for (const [pattern, french] of PATTERNS) {
      if (pattern.test(key)) {
        const result = key.replace(pattern, french);
        return result === key ? null : typeset(result);
      }
    }
    // « Fullscreen: <what the chart is called> »
    const colon = key.indexOf(": ");
    if (colon > 0) {
      const action = DICTIONARY.get(key.slice(0, colon));
      const rest = key.slice(colon + 2);
      if (action !== undefined) return `${action}\u202f: ${translate(rest) ?? rest}`;
    }
    return null;
  }

  function translateText(node) {
    if (!/[A-Za-z]{2}/.test(node.data)) return;
    const french = translate(node.data);
    if (french === null || french === node.data) return;
    const parent = node.parentElement;
    if (!parent || parent.closest(NEVER)) return;
    const user = parent.closest(USER_TEXT);
    if (user && !(user.matches("[role='option']") && IN_OPTIONS.test(node.data.trim()))) return;
    node.data = french;
  }

  // A field is named by its label as Python wrote it, in Markdown: the backslashes and word joiners of ui/markdown.py, which keep a
  // text from being read as Markdown, would be read aloud. Choices are no Markdown: their names are left as they are.
  const FIELDS = "input, textarea, [role='combobox'], [role='listbox'], [role='group'], [role='radiogroup']";
  const spoken = (label) => label.replace(/\u2060/g, "").replace(/\\([\\`*_{}[\]()#+\-.!|<>~:$&@/=])/g, "$1");

  function translateAttribute(element, name) {
    const value = element.getAttribute(name);
    if (!value || !/[A-Za-z]{2}/.test(value)) return;
    if (name === "aria-label" && /[\\\u2060]/.test(value) && element.matches(FIELDS)) {
      const plain = spoken(value);
      if (plain !== value) element.setAttribute(name, plain);
      return;
    }
    // One field is empty here; elsewhere the word counts cells.
    const french = name === "aria-valuetext" && value === "Empty" ? "vide" : translate(value);
    if (french !== null && french !== value && !element.closest("[data-user-text], .notranslate")) {
      element.setAttribute(name, french);
    }
  }

  function translateTree(root) {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else for (const name of ATTRIBUTES) if (node.hasAttribute(name)) translateAttribute(node, name);
    }
  }

  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "childList") record.addedNodes.forEach(translateTree);
      else if (record.type === "characterData") translateText(record.target);
      else translateAttribute(record.target, record.attributeName);
    }
  });
  observer.observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
})();
