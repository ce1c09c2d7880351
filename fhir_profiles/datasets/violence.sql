-- One row for each assault that an emergency department recorded and that happened in the months of the release. Unless
-- every record of the attendance says plainly that it was neither at the hands of a partner or relative nor sexual, neither
-- the place nor its kind goes on: London is all that is told. Nor does a place of which a record has two.
-- Times are those of London's clocks, as finely as they are known: of a date without a time there is no hour.
SELECT
    assault.person_id,
    assault.assault_id,
    coalesce(contact.service_provider_organisation_code, 'unknown') AS site_code_of_treatment,
    happened AS assault_hour,
    left(happened, 10) AS assault_day,
    coalesce(strftime(happened_on, '%G-W%V'), happened) AS assault_week,
    left(happened, 7) AS assault_month,
    quarter_of(happened) AS assault_quarter,
    coalesce(arrived, 'unknown') AS arrival_hour,
    coalesce(left(arrived, 10), 'unknown') AS arrival_day,
    coalesce(strftime(arrived_on, '%G-W%V'), arrived, 'unknown') AS arrival_week,
    coalesce(left(arrived, 7), 'unknown') AS arrival_month,
    coalesce(quarter_of(arrived), 'unknown') AS arrival_quarter,
    coalesce(assault.venue, place.lsoa, area.london) AS venue_or_lsoa,
    coalesce(place.lsoa, area.london) AS incident_lsoa,
    coalesce(place.msoa, area.london) AS incident_msoa,
    coalesce(place.borough, area.london) AS incident_borough,
    area.london AS incident_london,
    coalesce(strftime(happened_on, '%u'), 'unknown') AS weekday,
    if(length(happened) = 13, right(happened, 2), 'unknown') AS hour,
    coalesce(kind_of_place.given, 'unknown') AS assault_location_type,
    coalesce(method.given, 'unknown') AS assault_method
FROM (
    SELECT
        * EXCLUDE (venue_codes, incident_lsoa_codes, assault_location_type_codes),
        in_london(incident_date) AS happened,
        TRY_CAST(left(in_london(incident_date), 10) AS DATE) AS happened_on,
        CASE WHEN is_place_told AND len(list_distinct(venue_codes)) = 1 THEN venue_codes[1] END AS venue,
        CASE WHEN is_place_told AND len(list_distinct(incident_lsoa_codes)) = 1 THEN incident_lsoa_codes[1] END AS lsoa_code,
        CASE WHEN is_place_told AND len(list_distinct(assault_location_type_codes)) = 1 THEN assault_location_type_codes[1] END AS location_type
    FROM (
        SELECT
            *,
            bool_and(coalesce(is_circumstance_other, false)) OVER (PARTITION BY activity_id) AS is_place_told
        FROM assault
    ) AS assault
    WHERE record_status IN ('final', 'amended', 'corrected')
) AS assault
JOIN people USING (person_id)
JOIN (
    SELECT
        *,
        in_london(start_date) AS arrived,
        TRY_CAST(left(in_london(start_date), 10) AS DATE) AS arrived_on
    FROM contact
    WHERE encounter_class_code = 'EMER' AND source_kind = 'hospital'
) AS contact USING (activity_id)
JOIN months ON left(happened, 7) BETWEEN months.first AND months.last
CROSS JOIN (SELECT 'E12000007' AS london) AS area
LEFT JOIN venue ON venue.code = assault.venue
LEFT JOIN place ON place.lsoa = coalesce(venue.lsoa, assault.lsoa_code)
LEFT JOIN national AS method
    ON method.item = 'assault_method' AND method.local = assault.assault_method_code
LEFT JOIN national AS kind_of_place
    ON kind_of_place.item = 'assault_location_type' AND kind_of_place.local = assault.location_type
