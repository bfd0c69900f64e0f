/**
 * The page: looks first, then the shell with real sessions.
 *
 * @module
 */
import './ui/fonts.css';
import { openSession } from './ui/open-session.ts';
import { startPage } from './ui/start-page.ts';

startPage(openSession);
