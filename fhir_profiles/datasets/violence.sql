-- One row for each assault that an emergency department recorded and that happened in the months of the release. Where
-- somebody was hurt by a partner or sexually, neither the place nor its kind goes on: London is all that is told.
SELECT
    assault.person_id,
    assault.assault_id,
    coalesce(contact.service_provider_organisation_code, 'unknown') AS site_code_of_treatment,
    strftime(assault.happened, '%Y-%m-%dT%H') AS assault_hour,
    strftime(assault.happened, '%Y-%m-%d') AS assault_day,
    strftime(assault.happened, '%G-W%V') AS assault_week,
    strftime(assault.happened, '%Y-%m') AS assault_month,
    strftime(assault.happened, '%Y-Q') || quarter(assault.happened) AS assault_quarter,
    coalesce(strftime(contact.arrived, '%Y-%m-%dT%H'), 'unknown') AS arrival_hour,
    coalesce(strftime(contact.arrived, '%Y-%m-%d'), 'unknown') AS arrival_day,
    coalesce(strftime(contact.arrived, '%G-W%V'), 'unknown') AS arrival_week,
    coalesce(strftime(contact.arrived, '%Y-%m'), 'unknown') AS arrival_month,
    coalesce(strftime(contact.arrived, '%Y-Q') || quarter(contact.arrived), 'unknown') AS arrival_quarter,
    coalesce(assault.venue, place.lsoa, area.london) AS venue_or_lsoa,
    coalesce(place.lsoa, area.london) AS incident_lsoa,
    coalesce(place.msoa, area.london) AS incident_msoa,
    coalesce(place.borough, area.london) AS incident_borough,
    area.london AS incident_london,
    strftime(assault.happened, '%u') AS weekday,
    strftime(assault.happened, '%H') AS hour,
    coalesce(kind_of_place.given, 'unknown') AS assault_location_type,
    coalesce(method.given, 'unknown') AS assault_method
FROM (
    SELECT
        * EXCLUDE (venue_code, incident_lsoa_code, assault_location_type_code),
        TRY_CAST(incident_date AS TIMESTAMPTZ) AS happened,
        CASE WHEN assault_circumstance_code = 'other' THEN venue_code END AS venue,
        CASE WHEN assault_circumstance_code = 'other' THEN incident_lsoa_code END AS lsoa_code,
        CASE WHEN assault_circumstance_code = 'other' THEN assault_location_type_code END AS location_type
    FROM assault
    WHERE record_status IN ('final', 'amended', 'corrected')
) AS assault
JOIN people USING (person_id)
JOIN (
    SELECT *, TRY_CAST(start_date AS TIMESTAMPTZ) AS arrived
    FROM contact
    WHERE encounter_class_code = 'EMER' AND source_kind = 'hospital'
) AS contact USING (activity_id)
JOIN months ON strftime(assault.happened, '%Y-%m') BETWEEN months.first AND months.last
CROSS JOIN (SELECT 'E12000007' AS london) AS area
LEFT JOIN venue ON venue.code = assault.venue
LEFT JOIN place ON place.lsoa = coalesce(venue.lsoa, assault.lsoa_code)
LEFT JOIN national AS method
    ON method.item = 'assault_method' AND method.local = assault.assault_method_code
LEFT JOIN national AS kind_of_place
    ON kind_of_place.item = 'assault_location_type' AND kind_of_place.local = assault.location_type
