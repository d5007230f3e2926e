/** The help: a page that comes with the app, shown over it. `docs/help.md` is where it is written. */
import { button, element } from "./element.js";

const ADDRESS = new URL("help/", document.baseURI);

/** A modal dialog; its page is fetched when it is first wanted. */
export class HelpDialog {
  #dialog = element("dialog", { class: "dialog help", attributes: { "aria-label": "Help" } });
  #contents = element("div", { class: "help-contents" });
  #text = element("div", { class: "help-text", attributes: { tabindex: "0" } });
  #isFilled = false;

  /** Makes the empty dialog. */
  constructor() {
    const close = button({ icon: "close", label: "Close (Esc)", class: "icon-button", onClick: () => this.#dialog.close() });
    const head = element("header", { class: "dialog-head" }, element("h2", { class: "dialog-title", text: "Help" }), close);
    this.#dialog.append(head, element("div", { class: "help-body" }, this.#contents, this.#text));
    this.#dialog.addEventListener("click", (event) => this.#onClick(event));
    this.#text.addEventListener("scroll", () => this.#markPlace(), { passive: true });
    document.body.append(this.#dialog);
  }

  /** Open it, or close it when it is open. */
  async toggle() {
    if (this.#dialog.open) {
      this.#dialog.close();
    } else {
      await this.open();
    }
  }

  /** Open it where the reader last was. */
  async open() {
    this.#dialog.showModal();
    this.#text.focus({ preventScroll: true });
    if (!this.#isFilled) {
      await this.#fill();
    }
    this.#markPlace();
  }

  async #fill() {
    try {
      const answer = await fetch(ADDRESS);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [nav, article] = [page.querySelector("nav"), page.querySelector("article")];
      if (!answer.ok || !nav || !article) {
        throw new Error(`The help answers with ${answer.status}.`);
      }
      for (const picture of article.querySelectorAll("img")) {
        picture.src = new URL(picture.getAttribute("src") ?? "", ADDRESS).href;
      }
      this.#contents.replaceChildren(document.adoptNode(nav));
      this.#text.replaceChildren(document.adoptNode(article));
      this.#isFilled = true;
    } catch {
      const text = "The help cannot be loaded, because TALPose does not answer. Close this and try again.";
      this.#text.replaceChildren(element("p", { class: "help-missing", text }));
    }
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest("a[href^='#']");
    if (target === this.#dialog) {
      this.#dialog.close();
    } else if (link) {
      event.preventDefault();
      this.#text.querySelector(`[id="${CSS.escape(link.getAttribute("href")?.slice(1) ?? "")}"]`)?.scrollIntoView();
    }
  }

  /** Show in the contents which section is being read. */
  #markPlace() {
    const top = this.#text.getBoundingClientRect().top + this.#text.clientHeight / 3;
    const passed = [...this.#text.querySelectorAll("h2, h3")].filter((heading) => heading.getBoundingClientRect().top < top);
    const isAtEnd = this.#text.scrollTop + this.#text.clientHeight >= this.#text.scrollHeight - 2;
    const links = [...this.#contents.querySelectorAll("a")];
    const id = isAtEnd ? links.at(-1)?.hash : `#${passed.at(-1)?.id ?? ""}`;
    for (const link of links) {
      const isHere = link.hash === id;
      link.toggleAttribute("aria-current", isHere);
      if (isHere) {
        link.scrollIntoView({ block: "nearest" });
      }
    }
  }
}
