import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { recentQuery, starsQuery } from "../api/mine.ts";
import { Fact } from "../ui/entry.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { Time } from "../ui/time.tsx";
import { HomeCard, HomeList, HomeRepository } from "./home-card.tsx";

/** What the reader starred. */
export function Starred() {
  const { t } = useTranslation();
  const query = useQuery(starsQuery);
  return (
    <HomeCard id="home-starred" title={t("home.starred")}>
      <Loaded query={query}>
        {(stars) =>
          stars.length === 0 ? (
            <Fact>{t("home.noStars")}</Fact>
          ) : (
            <HomeList>
              {stars.map(({ repository, at }) => (
                <HomeRepository key={repository} name={repository}>
                  <Time at={at} />
                </HomeRepository>
              ))}
            </HomeList>
          )
        }
      </Loaded>
    </HomeCard>
  );
}

/** What the reader had to do with last. */
export function Recent() {
  const { t } = useTranslation();
  const query = useQuery(recentQuery);
  return (
    <HomeCard id="home-recent" title={t("home.recent")}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Fact>{t("home.noRecent")}</Fact>
          ) : (
            <HomeList>
              {items.map(({ repository, what, at }) => (
                <HomeRepository key={`${repository} ${what}`} name={repository}>
                  {`${t(`home.did.${what}`)} · `}
                  <Time at={at} />
                </HomeRepository>
              ))}
            </HomeList>
          )
        }
      </Loaded>
    </HomeCard>
  );
}
