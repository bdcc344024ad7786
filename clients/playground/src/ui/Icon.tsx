const paths = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  down: "M12 5v14M6 13l6 6 6-6",
  chevron: "M7 10l5 5 5-5",
  again: "M19 12a7 7 0 1 1-2.2-5.1M19 3v4.5h-4.5",
  edit: "M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  search: "M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14zM16 16l4.5 4.5",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  branch: "M7 4v16M7 12c6 0 10-1 10-7M14 7l3-3 3 3",
  up: "M7 10.5V20H4v-9.5zM7 10.5L11.5 3c1.6 0 2.4 1.2 2 3l-.7 3.5H19c1 0 1.7.9 1.5 1.9l-1.2 6.8A2.2 2.2 0 0 1 17.1 20H7",
  poor: "M17 13.5V4h3v9.5zM17 13.5L12.5 21c-1.6 0-2.4-1.2-2-3l.7-3.5H5c-1 0-1.7-.9-1.5-1.9l1.2-6.8A2.2 2.2 0 0 1 6.9 4H17",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  details: "M4 5h16v14H4zM14 5v14",
  clip: "M19 11.5l-7.5 7.5a4.6 4.6 0 0 1-6.5-6.5L13 4.5a3 3 0 0 1 4.3 4.3l-8 7.9a1.5 1.5 0 0 1-2.1-2.1L14 8",
  options: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  server: "M4 5h16v6H4zM4 13h16v6H4zM7.5 8h.01M7.5 16h.01",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20c.6-3.5 3.4-5 7-5s6.4 1.5 7 5",
  archive: "M4 5h16v4H4zM6 9v11h12V9M10 13h4",
  code: "M8 7l-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14",
  check: "M5 12.5l4.5 4.5L19 7.5",
} as const;

export type IconName = keyof typeof paths;

/** A line icon. It says nothing by itself: the control it sits in has the label. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className={`icon icon--${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
