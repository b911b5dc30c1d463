import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { speak, usualLocale } from "./i18n/intl";
import "./styles/tokens.css";
import "./styles/base.css";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no place for the application.");
createRoot(root).render(<App first={await speak(usualLocale())} />);
