// Every page of the desk, in the order of the navigation. A page is
//   {path, may, title: [zh, en], icon, open(ctx) -> {view() -> template, close()}}
// ctx: {me, args, redraw(), go(path), toast(text), fail(error)}. `may` is the permission that shows it; empty: everyone.
import {home} from './pages/home.js';

export const pages = [home];
