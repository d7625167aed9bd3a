// The first page: who I am here, and where I can go.
import {html} from '../html.js';
import {pages} from '../pages.js';
import {addWords, language, said, t} from '../words.js';

addWords({
  'home.hello': ['{name},您好', 'Hello, {name}'],
  'home.roles': ['您的身份:{roles}', 'You are: {roles}'],
  'home.go': ['您可以使用的页面', 'Pages that you can use'],
});

export const home = {
  path: '', may: '', title: ['首页', 'Home'], icon: '⌂',
  open(ctx) {
    const mine = () => pages.filter((page) => page !== home && !page.hidden && (!page.may || ctx.me.may.includes(page.may)));
    return {
      view: () => html`
        <h1>${t('home.hello', {name: ctx.me.name})}</h1>
        <p>${t('home.roles', {roles: ctx.me.titles.map(said).join('、')})}</p>
        <h2>${t('home.go')}</h2>
        <ul class="ways">${mine().map((page) => html`<li><a class="card" href="#/${page.path}"><span class="icon" aria-hidden="true">${page.icon}</span>${page.title[language === 'zh' ? 0 : 1]}</a></li>`)}</ul>`,
      close() {},
    };
  },
};
