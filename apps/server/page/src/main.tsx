// The page starts here.

import { render } from 'preact';
import { App } from './app.tsx';
import { restoreTheme } from './theme.tsx';

restoreTheme();
const page = document.getElementById('page');
if (page) render(<App />, page);
