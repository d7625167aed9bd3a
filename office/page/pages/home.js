import {html} from '../html.js';
import {addWords, said, t} from '../words.js';

addWords({
  'home.hello': ['{name},您好', 'Hello, {name}'],
  'home.roles': ['您的身份:{roles}', 'You are: {roles}'],
});

export const home = {
  path: '', may: '', title: ['首页', 'Home'], icon: '⌂',
  open(ctx) {
    return {
      view: () => html`
        <h1>${t('home.hello', {name: ctx.me.name})}</h1>
        <p>${t('home.roles', {roles: ctx.me.titles.map(said).join('、')})}</p>`,
      close() {},
    };
  },
};
