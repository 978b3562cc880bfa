export const profileTabs = ["account", "factors", "tokens", "sessions"] as const;
export type ProfileTab = (typeof profileTabs)[number];
