import type { Kind } from './model';

/** Simple line icons of our own, 24 by 24, one per kind of box. */
export const icons: Readonly<Record<Kind, string>> = {
  people: '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c.6-4.2 3.4-6 7-6s6.4 1.8 7 6"/>',
  internet: '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17c-5-5-5-12 0-17"/>',
  network:
    '<circle cx="12" cy="5" r="2.2"/><circle cx="5" cy="18" r="2.2"/><circle cx="19" cy="18" r="2.2"/><path d="M12 7.2v4.3M12 11.5l-5.4 5M12 11.5l5.4 5"/>',
  compute:
    '<rect x="4" y="4" width="16" height="7" rx="1.5"/><rect x="4" y="13" width="16" height="7" rx="1.5"/><path d="M7.5 7.5h.01M7.5 16.5h.01M12 7.5h5M12 16.5h5"/>',
  database:
    '<ellipse cx="12" cy="6" rx="7" ry="2.8"/><path d="M5 6v12c0 1.5 3.1 2.8 7 2.8s7-1.3 7-2.8V6M5 12c0 1.5 3.1 2.8 7 2.8s7-1.3 7-2.8"/>',
  storage:
    '<path d="M4.5 6.5l1.8 12.5c.2 1 2.7 1.8 5.7 1.8s5.5-.8 5.7-1.8L19.5 6.5"/><ellipse cx="12" cy="6" rx="7.5" ry="2.6"/>',
  security: '<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.3v2.2"/>',
  monitoring: '<path d="M4 20h16M6.5 16v-4M11 16V6M15.5 16v-7M20 16v-9"/>',
};
