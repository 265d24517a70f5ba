import { randomBytes } from 'node:crypto';
import { l10n, Uri, ViewColumn, type WebviewPanel, window } from 'vscode';
import { changeOf, type MapGraph } from '../map/graph.ts';
import { type FromMap, fromMap, type ToMap } from '../map/messages.ts';

/** What a map shows now, and how it is told that somebody looks at it. */
export interface Shown {
  readonly graph: MapGraph;
  readonly notes: readonly string[];
  readonly focus: string | undefined;
  /** Called whenever the tab comes into sight or goes out of it. */
  attend(visible: boolean): void;
  /** The tab was closed. */
  dispose(): void;
}

/** A tab that draws a map: a page without a network, whose one script and one style sheet come with the extension, and that is told kinds, names and states only. */
export class MapPanel {
  readonly #panel: WebviewPanel;
  readonly #title: string;
  readonly #shown: Shown;
  /** What the page has; undefined until it is ready, and while it is not there. */
  #told: MapGraph | undefined;

  constructor(extension: Uri, title: string, shown: Shown, act: (message: Exclude<FromMap, { readonly type: 'ready' }>) => void) {
    this.#title = title;
    this.#shown = shown;
    const roots = [Uri.joinPath(extension, 'dist', 'webview'), Uri.joinPath(extension, 'media')];
    this.#panel = window.createWebviewPanel('hybridClusters.map', title, ViewColumn.Active, {
      enableScripts: true,
      enableCommandUris: false,
      enableForms: false,
      localResourceRoots: roots,
    });
    const icon = (look: string) => Uri.joinPath(extension, 'media', `map-${look}.svg`);
    this.#panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const { webview } = this.#panel;
    webview.onDidReceiveMessage((raw: unknown) => {
      const message = fromMap(raw);
      if (message?.type === 'ready') this.#begin();
      else if (message && this.#shown.graph.nodes.some(({ id }) => id === message.id)) act(message);
    });
    this.#panel.onDidChangeViewState(() => {
      if (!this.#panel.visible) this.#told = undefined;
      shown.attend(this.#panel.visible);
    });
    this.#panel.onDidDispose(() => shown.dispose());
    const [script, style] = ['dist/webview/map.js', 'media/map.css'].map((path) =>
      webview.asWebviewUri(Uri.joinPath(extension, ...path.split('/'))).toString(),
    );
    webview.html = page({
      source: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
      script: script ?? '',
      style: style ?? '',
    });
    shown.attend(true);
  }

  show(): void {
    this.#panel.reveal();
  }

  /** Tells the page what changed since it was last told. */
  update(): void {
    if (!this.#told) return;
    const { graph, notes } = this.#shown;
    const change = changeOf(this.#told, graph) ?? { put: [], drop: [], edges: undefined };
    this.#told = graph;
    this.#post({ type: 'change', change, notes });
  }

  #begin(): void {
    const { graph, notes, focus } = this.#shown;
    this.#told = graph;
    this.#post({ type: 'graph', title: this.#title, graph, notes, focus });
  }

  #post(message: ToMap): void {
    void this.#panel.webview.postMessage(message);
  }
}

interface Parts {
  readonly source: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
}

/** The page. All words of clouds and clusters come later, as texts of elements. */
function page({ source, nonce, script, style }: Parts): string {
  const words = {
    filter: l10n.t('Filter (/)'),
    fit: l10n.t('Fit'),
    reveal: l10n.t('Reveal in Tree'),
    details: l10n.t('Details'),
    closer: l10n.t('Zoom in'),
    farther: l10n.t('Zoom out'),
    hint: l10n.t('Arrows follow the lines, Enter reveals, the menu key opens details, Space unfolds a pile.'),
  };
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}';">
<link rel="stylesheet" href="${style}">
</head>
<body class="empty">
<header>
<h1 id="title"></h1>
<div class="legend"><span class="kubernetes"><i></i>Kubernetes</span><span class="openstack"><i></i>OpenStack</span></div>
<span class="gap"></span>
<span id="found" role="status"></span>
<input id="filter" type="search" aria-label="${words.filter}" placeholder="${words.filter}">
<button id="farther" aria-label="${words.farther}">−</button>
<button id="closer" aria-label="${words.closer}">+</button>
<button id="whole">${words.fit}</button>
</header>
<div id="view" role="tree" tabindex="0" aria-describedby="hint">
<div id="space" role="presentation"><div id="plane" role="presentation">
<div id="bands" aria-hidden="true"></div>
<svg id="wires" aria-hidden="true"><defs>
<marker id="tip" viewBox="0 0 6 6" refX="4" refY="3" markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0 6 3 0 6z"/></marker>
<marker id="tip-marked" viewBox="0 0 6 6" refX="4" refY="3" markerWidth="4" markerHeight="4" orient="auto"><path d="M0 0 6 3 0 6z"/></marker>
</defs></svg>
</div></div>
</div>
<div id="notes" role="status"></div>
<footer>
<span id="status" aria-live="polite"><span id="hint">${words.hint}</span></span>
<button id="reveal" disabled>${words.reveal}</button>
<button id="details" disabled>${words.details}</button>
</footer>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
