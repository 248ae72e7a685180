namespace Drcm.Node.Audit;

/// <summary>The tables of audit.db, as docs/audit.md tells them to people. A column is added with a new version, never renamed.</summary>
internal static class AuditSchema
{
    /// <summary>Stored as <c>user_version</c>. A file of a later one is set aside.</summary>
    public const int Version = 1;

    /// <summary>"drcm" in the file's head: <c>file audit.db</c> tells whose it is.</summary>
    public const int ApplicationId = 0x6472_636D;

    /// <summary>Places of one entry in the key of its events; above <see cref="StateMachine.Limits.EventsPerBatchMax"/>. One ascending number is the fastest key that there is.</summary>
    public const int OrdinalsPerEntry = 2048;

    /// <summary>One index beside the keys: from a time to an entry. Everything else is found by its entry.</summary>
    public const string Text = """
        create table meta (key text primary key, value) without rowid;

        create table events (
            id integer primary key, term integer not null, at_ms integer not null, actor text not null, event text not null,
            node text, resource text, slot text, token integer, detail text, reason text not null, is_effective integer not null,
            idx integer generated always as (id / 2048) virtual, ordinal integer generated always as (id % 2048) virtual);
        create index events_at on events (at_ms) where id % 2048 = 0;

        create table ownership (
            slot text not null, token integer not null, owner text not null, kind text not null, cause text not null, why text not null,
            from_ms integer not null, started_ms integer, until_idx integer, until_ms integer, until_cause text,
            primary key (slot, token)) without rowid;

        create table outages (
            slot text not null, from_idx integer not null, from_ms integer not null, silence_ms integer not null, cause text not null, why text not null,
            until_idx integer, until_ms integer, owner text,
            primary key (slot, from_idx)) without rowid;

        create table node_intervals (
            node text not null, from_idx integer not null, from_ms integer not null, status text not null, standby text not null, why text not null,
            until_idx integer, until_ms integer,
            primary key (node, from_idx)) without rowid;

        create table gaps (from_idx integer not null, to_idx integer primary key, noticed_ms integer not null, why text not null);

        create table script_runs (
            id integer primary key, at_ms integer not null, resource text not null, action text not null, token integer not null, exit_code integer,
            outcome text not null, duration_ms integer not null, output text not null);
        create index script_runs_at on script_runs (at_ms);
        """;
}
