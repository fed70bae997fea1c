// Dark or light: as the system has it, until somebody says otherwise.

import { useState } from 'preact/hooks';

type Theme = 'light' | 'dark';

const key = 'memae-theme';
const isTheme = (value: string | null): value is Theme => value === 'light' || value === 'dark';

export function restoreTheme(): void {
  const kept = localStorage.getItem(key);
  if (isTheme(kept)) document.documentElement.dataset['theme'] = kept;
}

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'] ?? null;
  if (isTheme(chosen)) return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function ThemeButton() {
  const [theme, setTheme] = useState(currentTheme);
  const other: Theme = theme === 'dark' ? 'light' : 'dark';
  const choose = (): void => {
    document.documentElement.dataset['theme'] = other;
    localStorage.setItem(key, other);
    setTheme(other);
  };
  return (
    <button type="button" class="quiet theme" onClick={choose}>
      <span aria-hidden="true">{other === 'dark' ? '☾' : '☀'}</span>
      <span class="theme-name">{other === 'dark' ? 'Dark' : 'Light'}</span>
    </button>
  );
}
