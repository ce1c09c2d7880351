-- One row for each contact that took place in the months of the release, with its person as they are at the end of them.
-- Months and nights are those of London's clocks.
SELECT
    contact.person_id,
    contact.activity_id,
    people.age_band,
    people.age_stage,
    people.age_adult,
    people.sex,
    people.lsoa,
    people.msoa,
    people.borough,
    people.london,
    people.practice,
    kind.name AS kind,
    left(started, 7) AS calendar_month,
    -- Four known contacts told by the month find one person in forty; told so, none of hundreds that were tried.
    CASE
        WHEN kind.name = 'gp' THEN left(started, 7)
        ELSE quarter_of(started)
    END AS month,
    kind.pounds + kind.pounds_a_night * nights AS pounds,
    (
        SELECT max_by(band.name, band.from_pounds)
        FROM band
        WHERE band.from_pounds <= kind.pounds + kind.pounds_a_night * nights
    ) AS cost_band
FROM (
    SELECT
        *,
        in_london(start_date) AS started,
        greatest(
            coalesce(
                date_diff(
                    'day',
                    TRY_CAST(left(in_london(start_date), 10) AS DATE),
                    TRY_CAST(left(in_london(end_date), 10) AS DATE)
                ),
                0
            ),
            0
        ) AS nights
    FROM contact
    WHERE activity_status = 'finished'
) AS contact
JOIN people USING (person_id)
JOIN kind ON kind.source = contact.source_kind AND kind.class = contact.encounter_class_code
-- A year alone is in no month. The pull has told how many there are.
JOIN months ON left(started, 7) BETWEEN months.first AND months.last
