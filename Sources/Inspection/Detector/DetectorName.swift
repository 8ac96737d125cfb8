/// What a name that is called or read means to the detector.
enum DetectorName: UInt8, Sendable {
    case none
    // Words that are operators.
    case xor, arithmetic, comparison, prefix, typeLiteral, numericType, otherType
    // Constants that are words.
    case truth, falsehood, moment
    // Functions.
    case pure, code, substring, length, characterCode, info, userInfo, cast, convert, random, floor
    case delay, file, program, network, control, errorLeak, queryText, administer, errorSpatial, exponent, series,
        nameConst, shell
    // Names of relations, their schemas and columns.
    case catalog, catalogSchema, secret
    // Words of commands.
    case shutdown, infile

    static let table: WordTable<DetectorName> = {
        var words: [(String, DetectorName)] = []
        for (name, list) in lists {
            for word in list.split(whereSeparator: { $0 == " " || $0 == "\n" }) { words.append((String(word), name)) }
        }
        return WordTable(words)
    }()

    private static let lists: [(DetectorName, String)] = [
        (.xor, "xor"), (.arithmetic, "div mod"), (.comparison, "rlike regexp sounds glob ilike"),
        (.prefix, "binary any some all row"), (.truth, "true"), (.falsehood, "false"),
        (.typeLiteral, "date time timestamp interval timestamptz"),
        (
            .numericType,
            "int integer bigint smallint tinyint numeric decimal float real money signed unsigned int4 int8 int2"
        ),
        (.otherType, "varchar nvarchar text varbinary datetime bit uniqueidentifier xml json jsonb"),
        (.moment, "current_date current_time current_timestamp localtime localtimestamp sysdate"),
        (.pure, Lists.pure), (.code, "ascii ord unicode"),
        (.substring, "substring substr mid substring_index left right regexp_substr regexp_substring"),
        (.length, "length len char_length character_length datalength octet_length bit_length"),
        (.characterCode, "chr char nchar"),
        (.info, Lists.info), (.userInfo, Lists.userInfo),
        (.cast, "cast try_cast to_number"), (.convert, "convert try_convert"), (.random, "rand random"),
        (.floor, "floor"), (.delay, "sleep benchmark pg_sleep pg_sleep_for pg_sleep_until"), (.file, Lists.file),
        (.program, Lists.program), (.network, Lists.network), (.control, Lists.control), (.errorLeak, Lists.errorLeak),
        (.queryText, "query_to_xml database_to_xml table_to_xml cursor_to_xml query_to_xmlschema schema_to_xml"),
        (.administer, "pg_terminate_backend pg_cancel_backend pg_reload_conf pg_rotate_logfile pg_switch_wal"),
        (.errorSpatial, "polygon multipoint linestring geometrycollection multipolygon multilinestring json_keys"),
        (.exponent, "exp cot pow"), (.series, "generate_series"), (.nameConst, "name_const"),
        (.shell, "system exec eval do_system"),
        (.catalog, Lists.catalog),
        (.catalogSchema, "information_schema pg_catalog sys mysql performance_schema sysibm"),
        (.secret, Lists.secret), (.shutdown, "shutdown"),
    ]
}

/// Names by what they mean, with blanks between.
private enum Lists {
    static let pure = """
        abs acos asin atan atan2 ceil ceiling cos degrees ln log log10 log2 pi power radians round sign sin sqrt tan \
        trunc truncate crc32 md5 sha sha1 sha2 concat concat_ws lower upper lcase ucase trim ltrim rtrim reverse replace \
        repeat replicate hex unhex bin oct conv coalesce ifnull nullif isnull nvl elt make_set find_in_set field greatest \
        least strcmp instr locate position patindex charindex lpad rpad space quote inet_aton inet_ntoa to_base64 \
        from_base64 encode decode convert_from quotename str stuff soundex difference translate initcap btrim bit_count \
        quote_literal quote_ident iif compress uncompress aes_encrypt aes_decrypt des_encrypt des_decrypt encrypt \
        old_password sha256 sha512 crypt_key char_to_int unlikely likely likelihood randomblob zeroblob
        """

    static let info = """
        version is_srvrolemember is_member has_dbaccess inet_server_addr inet_server_port serverproperty sqlite_version \
        dbms_version coercibility
        """

    /// What rows are often compared with.
    static let userInfo = """
        user current_user session_user system_user schema database current_role current_catalog db_name db_id \
        current_database current_schema user_name suser_name suser_sname host_name original_login getpgusername
        """

    static let file = """
        load_file pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file pg_logdir_ls pg_file_write pg_file_read \
        pg_file_unlink pg_file_rename lo_import lo_export lo_create lo_from_bytea pg_ls_logdir pg_ls_waldir pg_ls_tmpdir \
        xp_dirtree xp_fileexist xp_subdirs xp_create_subdir xp_delete_file xp_delete_files xp_copy_file xp_copy_files \
        xp_fixeddrives xp_availablemedia xp_readerrorlog sp_readerrorlog fn_get_audit_file fn_trace_gettable \
        xp_getfiledetails dm_os_file_exists readfile writefile load_extension xp_makecab xp_ntsec_enumdomains xp_dsninfo
        """

    static let program = """
        xp_cmdshell xp_terminate_process sp_oacreate sp_oamethod sp_oadestroy sp_oagetproperty sp_oasetproperty \
        sp_addextendedproc sys_exec sys_eval sys_get sys_set shell_exec passthru popen proc_open \
        lib_mysqludf_sys_info sp_start_job sp_add_job sp_add_jobstep sp_makewebtask xp_servicecontrol
        """

    static let network = """
        dblink dblink_connect dblink_connect_u dblink_exec dblink_send_query openrowset opendatasource openquery \
        sp_addlinkedserver sp_addlinkedsrvlogin sp_send_dbmail xp_sendmail utl_http utl_inaddr httpuritype dbms_ldap
        """

    static let control = """
        sp_configure xp_regread xp_regwrite xp_regdeletekey xp_regdeletevalue xp_regenumvalues xp_regenumkeys \
        xp_regaddmultistring xp_regremovemultistring xp_instance_regread xp_instance_regwrite xp_loginconfig xp_enumdsn \
        sp_addlogin sp_addsrvrolemember sp_password sp_grantdbaccess xp_enumgroups xp_msver xp_logevent xp_cmdlog \
        sp_dropextendedproc xp_enumerrorlogs
        """

    static let errorLeak = """
        extractvalue updatexml gtid_subset gtid_subtract st_latfromgeohash st_longfromgeohash st_pointfromgeohash \
        ctxsys dbms_xmlgen xmltype \
        sp_replwritetovarbin fn_my_permissions
        """

    static let catalog = """
        pg_shadow pg_authid pg_user pg_roles pg_database pg_class pg_attribute pg_tables pg_stat_activity pg_namespace \
        pg_proc pg_language pg_largeobject sysobjects syscolumns sysusers syslogins sysxlogins sysdatabases sysprocesses \
        sql_logins innodb_table_stats innodb_index_stats msysaccessobjects msysobjects sqlite_master all_tables all_users \
        user_tables dba_users all_tab_columns user_objects dba_tables rdb$fields rdb$database \
        domain.domains domain v$version
        """

    static let secret = """
        passwd password pass pwd user_pass user_password passwords userpassword usr_pass user_pwd passwort password_hash \
        hash_password pass_hash credit_card creditcard credit_cards cc_number ccnum authentication_string secret \
        admin_password admin_pass adminpassword mot_de_passe member_password admin_pwd login_password password_digest \
        customers_password u_pass user_passwd userpass md5password admins passhash pwhash
        """
}
