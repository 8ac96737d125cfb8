// Generated, do not edit by hand: names from PostgreSQL 15, one per word, A to L.
// Every name a statement may call without leaving anything behind in the session. Left out are the functions that
// do, those that run SQL given as text, handlers, and the input and output functions of types. The generator:
//
//   psql -qAt postgres <<'SQL' | sort | fold -sw 112
//   SELECT DISTINCT proname FROM pg_proc
//   WHERE pronamespace = 'pg_catalog'::regnamespace
//     AND prorettype::regtype::text !~ '^(internal|cstring|(event_)?trigger)$'
//     AND prorettype::regtype::text !~ '^(index_am|table_am|fdw|language|tsm)_handler$'
//     AND NOT 'internal'::regtype = ANY (proargtypes::oid[])
//     AND NOT 'cstring'::regtype = ANY (proargtypes::oid[])
//     AND proname !~ '^(binary_upgrade_|fmgr_|plpgsql_|pg_(try_)?advisory_(un)?lock|pg_backup_)'
//     AND proname !~ '^pg_((create|copy)_.*_slot|replication_origin_session_(re)?set)'
//     AND proname !~ '^(pg_stop_making_pinned|pg_extension_config|pg_read_file_old$|pg_rotate_logfile_old$)'
//     AND proname !~ '^(set_config|nextval|currval|lastval|setval|setseed|ts_stat|ts_rewrite)$'
//     AND proname !~ '^((query|cursor|table|schema|database)_to_xml|.*_xmlschema$)'
//   SQL

extension StatelessFunctions {
    static let names1: StaticString = """
        abbrev abs aclcontains acldefault aclexplode aclinsert aclitemeq aclremove acos acosd acosh age amvalidate
        anyarray_send anycompatiblearray_send anytextcat area array_agg array_append array_cat array_dims array_eq
        array_fill array_ge array_gt array_larger array_le array_length array_lower array_lt array_ndims array_ne
        array_position array_positions array_prepend array_remove array_replace array_send array_smaller array_to_json
        array_to_string array_to_tsvector array_upper arraycontained arraycontains arrayoverlap ascii asin asind asinh
        atan atan2 atan2d atand atanh avg bit bit_and bit_count bit_length bit_or bit_send bit_xor bitand bitcat bitcmp
        biteq bitge bitgt bitle bitlt bitne bitnot bitor bitshiftleft bitshiftright bittypmodin bitxor bool bool_and
        bool_or booland_statefunc booleq boolge boolgt boolle boollt boolne boolor_statefunc boolsend bound_box box
        box_above box_above_eq box_add box_below box_below_eq box_center box_contain box_contain_pt box_contained
        box_distance box_div box_eq box_ge box_gt box_intersect box_le box_left box_lt box_mul box_overabove
        box_overbelow box_overlap box_overleft box_overright box_right box_same box_send box_sub bpchar bpchar_larger
        bpchar_pattern_ge bpchar_pattern_gt bpchar_pattern_le bpchar_pattern_lt bpchar_smaller bpcharcmp bpchareq
        bpcharge bpchargt bpchariclike bpcharicnlike bpcharicregexeq bpcharicregexne bpcharle bpcharlike bpcharlt
        bpcharne bpcharnlike bpcharregexeq bpcharregexne bpcharsend bpchartypmodin brin_bloom_summary_send
        brin_desummarize_range brin_minmax_multi_summary_send brin_summarize_new_values brin_summarize_range broadcast
        btarraycmp btboolcmp btbpchar_pattern_cmp btcharcmp btequalimage btfloat48cmp btfloat4cmp btfloat84cmp
        btfloat8cmp btint24cmp btint28cmp btint2cmp btint42cmp btint48cmp btint4cmp btint82cmp btint84cmp btint8cmp
        btnamecmp btnametextcmp btoidcmp btoidvectorcmp btrecordcmp btrecordimagecmp btrim bttext_pattern_cmp bttextcmp
        bttextnamecmp bttidcmp btvarstrequalimage byteacat byteacmp byteaeq byteage byteagt byteale bytealike bytealt
        byteane byteanlike byteasend cardinality cash_cmp cash_div_cash cash_div_flt4 cash_div_flt8 cash_div_int2
        cash_div_int4 cash_div_int8 cash_eq cash_ge cash_gt cash_le cash_lt cash_mi cash_mul_flt4 cash_mul_flt8
        cash_mul_int2 cash_mul_int4 cash_mul_int8 cash_ne cash_pl cash_send cash_words cashlarger cashsmaller cbrt ceil
        ceiling center char char_length character_length chareq charge chargt charle charlt charne charsend chr cideq
        cidr cidr_send cidsend circle circle_above circle_add_pt circle_below circle_center circle_contain
        circle_contain_pt circle_contained circle_distance circle_div_pt circle_eq circle_ge circle_gt circle_le
        circle_left circle_lt circle_mul_pt circle_ne circle_overabove circle_overbelow circle_overlap circle_overleft
        circle_overright circle_right circle_same circle_send circle_sub_pt clock_timestamp close_ls close_lseg close_pb
        close_pl close_ps close_sb col_description concat concat_ws convert convert_from convert_to corr cos cosd cosh
        cot cotd count covar_pop covar_samp cume_dist current_database current_query current_schema current_schemas
        current_setting current_user currtid2 date date_bin date_cmp date_cmp_timestamp date_cmp_timestamptz date_eq
        date_eq_timestamp date_eq_timestamptz date_ge date_ge_timestamp date_ge_timestamptz date_gt date_gt_timestamp
        date_gt_timestamptz date_larger date_le date_le_timestamp date_le_timestamptz date_lt date_lt_timestamp
        date_lt_timestamptz date_mi date_mi_interval date_mii date_ne date_ne_timestamp date_ne_timestamptz date_part
        date_pl_interval date_pli date_send date_smaller date_trunc datemultirange daterange daterange_canonical
        daterange_subdiff datetime_pl datetimetz_pl dcbrt decode degrees dense_rank dexp diagonal diameter dist_bp
        dist_bs dist_cpoint dist_cpoly dist_lp dist_ls dist_pathp dist_pb dist_pc dist_pl dist_polyc dist_polyp
        dist_ppath dist_ppoly dist_ps dist_sb dist_sl dist_sp div dlog1 dlog10 dpow dround dsqrt dtrunc
        elem_contained_by_multirange elem_contained_by_range encode enum_cmp enum_eq enum_first enum_ge enum_gt
        enum_larger enum_last enum_le enum_lt enum_ne enum_range enum_send enum_smaller every exp extract factorial
        family first_value float4 float48div float48eq float48ge float48gt float48le float48lt float48mi float48mul
        float48ne float48pl float4_accum float4abs float4div float4eq float4ge float4gt float4larger float4le float4lt
        float4mi float4mul float4ne float4pl float4send float4smaller float4um float4up float8 float84div float84eq
        float84ge float84gt float84le float84lt float84mi float84mul float84ne float84pl float8_accum float8_avg
        float8_combine float8_corr float8_covar_pop float8_covar_samp float8_regr_accum float8_regr_avgx
        float8_regr_avgy float8_regr_combine float8_regr_intercept float8_regr_r2 float8_regr_slope float8_regr_sxx
        float8_regr_sxy float8_regr_syy float8_stddev_pop float8_stddev_samp float8_var_pop float8_var_samp float8abs
        float8div float8eq float8ge float8gt float8larger float8le float8lt float8mi float8mul float8ne float8pl
        float8send float8smaller float8um float8up floor flt4_mul_cash flt8_mul_cash format format_type gcd
        gen_random_uuid generate_series generate_subscripts get_bit get_byte get_current_ts_config getdatabaseencoding
        getpgusername gin_clean_pending_list gin_cmp_tslexeme gin_compare_jsonb has_any_column_privilege
        has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege
        has_language_privilege has_parameter_privilege has_schema_privilege has_sequence_privilege has_server_privilege
        has_table_privilege has_tablespace_privilege has_type_privilege hash_aclitem hash_aclitem_extended hash_array
        hash_array_extended hash_multirange hash_multirange_extended hash_numeric hash_numeric_extended hash_range
        hash_range_extended hash_record hash_record_extended hashbpchar hashbpcharextended hashchar hashcharextended
        hashenum hashenumextended hashfloat4 hashfloat4extended hashfloat8 hashfloat8extended hashinet hashinetextended
        hashint2 hashint2extended hashint4 hashint4extended hashint8 hashint8extended hashmacaddr hashmacaddr8
        hashmacaddr8extended hashmacaddrextended hashname hashnameextended hashoid hashoidextended hashoidvector
        hashoidvectorextended hashtext hashtextextended hashtid hashtidextended height host hostmask in_range
        inet_client_addr inet_client_port inet_merge inet_same_family inet_send inet_server_addr inet_server_port
        inetand inetmi inetmi_int8 inetnot inetor inetpl initcap int2 int24div int24eq int24ge int24gt int24le int24lt
        int24mi int24mul int24ne int24pl int28div int28eq int28ge int28gt int28le int28lt int28mi int28mul int28ne
        int28pl int2_avg_accum int2_avg_accum_inv int2_mul_cash int2_sum int2abs int2and int2div int2eq int2ge int2gt
        int2int4_sum int2larger int2le int2lt int2mi int2mod int2mul int2ne int2not int2or int2pl int2send int2shl
        int2shr int2smaller int2um int2up int2vectorsend int2xor int4 int42div int42eq int42ge int42gt int42le int42lt
        int42mi int42mul int42ne int42pl int48div int48eq int48ge int48gt int48le int48lt int48mi int48mul int48ne
        int48pl int4_avg_accum int4_avg_accum_inv int4_avg_combine int4_mul_cash int4_sum int4abs int4and int4div int4eq
        int4ge int4gt int4inc int4larger int4le int4lt int4mi int4mod int4mul int4multirange int4ne int4not int4or
        int4pl int4range int4range_canonical int4range_subdiff int4send int4shl int4shr int4smaller int4um int4up
        int4xor int8 int82div int82eq int82ge int82gt int82le int82lt int82mi int82mul int82ne int82pl int84div int84eq
        int84ge int84gt int84le int84lt int84mi int84mul int84ne int84pl int8_avg int8_mul_cash int8_sum int8abs int8and
        int8dec int8dec_any int8div int8eq int8ge int8gt int8inc int8inc_any int8inc_float8_float8 int8larger int8le
        int8lt int8mi int8mod int8mul int8multirange int8ne int8not int8or int8pl int8pl_inet int8range
        int8range_canonical int8range_subdiff int8send int8shl int8shr int8smaller int8um int8up int8xor integer_pl_date
        inter_lb inter_sb inter_sl interval interval_accum interval_accum_inv interval_avg interval_cmp interval_combine
        interval_div interval_eq interval_ge interval_gt interval_hash interval_hash_extended interval_larger
        interval_le interval_lt interval_mi interval_mul interval_ne interval_pl interval_pl_date interval_pl_time
        interval_pl_timestamp interval_pl_timestamptz interval_pl_timetz interval_send interval_smaller interval_um
        intervaltypmodin is_normalized isclosed isempty isfinite ishorizontal isopen isparallel isperp isvertical
        json_agg json_array_element json_array_element_text json_array_elements json_array_elements_text
        json_array_length json_build_array json_build_object json_each json_each_text json_extract_path
        json_extract_path_text json_object json_object_agg json_object_field json_object_field_text json_object_keys
        json_populate_record json_populate_recordset json_send json_strip_nulls json_to_record json_to_recordset
        json_to_tsvector json_typeof jsonb_agg jsonb_array_element jsonb_array_element_text jsonb_array_elements
        jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_cmp jsonb_concat
        jsonb_contained jsonb_contains jsonb_delete jsonb_delete_path jsonb_each jsonb_each_text jsonb_eq jsonb_exists
        jsonb_exists_all jsonb_exists_any jsonb_extract_path jsonb_extract_path_text jsonb_ge jsonb_gt jsonb_hash
        jsonb_hash_extended jsonb_insert jsonb_le jsonb_lt jsonb_ne jsonb_object jsonb_object_agg jsonb_object_field
        jsonb_object_field_text jsonb_object_keys jsonb_path_exists jsonb_path_exists_opr jsonb_path_exists_tz
        jsonb_path_match jsonb_path_match_opr jsonb_path_match_tz jsonb_path_query jsonb_path_query_array
        jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz
        jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_send jsonb_set jsonb_set_lax jsonb_strip_nulls
        jsonb_to_record jsonb_to_recordset jsonb_to_tsvector jsonb_typeof jsonpath_send justify_days justify_hours
        justify_interval lag last_value lcm lead left length like like_escape line line_distance line_eq line_horizontal
        line_interpt line_intersect line_parallel line_perp line_send line_vertical ln lo_close lo_creat lo_create
        lo_export lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 lo_open lo_put lo_tell lo_tell64 lo_truncate
        lo_truncate64 lo_unlink log log10 loread lower lower_inc lower_inf lowrite lpad lseg lseg_center lseg_distance
        lseg_eq lseg_ge lseg_gt lseg_horizontal lseg_interpt lseg_intersect lseg_le lseg_length lseg_lt lseg_ne
        lseg_parallel lseg_perp lseg_send lseg_vertical ltrim
        """
}
