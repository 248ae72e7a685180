using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.Audit;

/// <summary>audit.db, open for its one writer. A transaction holds rows together with the index up to which they reach, so that after a crash each entry is there
/// once. Not flushed at each commit: after a loss of power the newest transactions may be missing, and are read from the log again.</summary>
internal sealed class AuditDatabase : IDisposable
{
    public const string FileName = "audit.db";

    /// <summary>What is in the way of a damaged file goes: one is kept.</summary>
    public const string SetAsideSuffix = ".damaged";

    /// <summary>Owner writes, the directory's group reads.</summary>
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary>How long somebody else's transaction on the file is waited for.</summary>
    private const int BusyMilliseconds = 5000;

    /// <summary>Holds the pages that a full transaction changes, so that none is written twice; taken only when it is needed.</summary>
    private const int CacheKibibytes = 8192;

    /// <summary>The write-ahead log is cut to this after a reader has let it grow.</summary>
    private const int WalBytesKept = 16 * 1024 * 1024;

    private readonly Statement _setMeta;

    private AuditDatabase(SqliteConnection connection, bool isNew)
    {
        Connection = connection;
        IsNew = isNew;
        _setMeta = new Statement(connection, "insert or replace into meta (key, value) values (?1, ?2)");
    }

    public SqliteConnection Connection { get; }

    /// <summary>Made just now.</summary>
    public bool IsNew { get; }

    /// <summary>Opens or makes it.</summary>
    /// <exception cref="AuditDamagedException">It is no audit.db, or one of a later release.</exception>
    /// <exception cref="SqliteException">Damaged, or the disk refuses.</exception>
    /// <exception cref="IOException">The directory refuses.</exception>
    public static AuditDatabase Open(string path)
    {
        if (!File.Exists(path))
        {
            using var made = new FileStream(path, new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode });
        }
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = BusyMilliseconds / 1000,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"pragma busy_timeout = {BusyMilliseconds}; pragma journal_mode = wal; pragma synchronous = normal; "
                + $"pragma journal_size_limit = {WalBytesKept}; pragma cache_size = -{CacheKibibytes}; pragma trusted_schema = off");
            return new AuditDatabase(connection, Prepare(connection, path));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>With the same tables, for a comparison; gone with its connection.</summary>
    public static AuditDatabase InMemory()
    {
        // As an address, so that what is attached may be one as well.
        var connection = new SqliteConnection("Data Source=file::memory:;Pooling=False");
        connection.Open();
        return new AuditDatabase(connection, Prepare(connection, ":memory:"));
    }

    /// <summary>Moves an unusable file out of the way, with its write-ahead log.</summary>
    /// <returns>Where it is now.</returns>
    public static string SetAside(string path)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            if (File.Exists(path + suffix)) File.Move(path + suffix, path + SetAsideSuffix + suffix, overwrite: true);
            else File.Delete(path + SetAsideSuffix + suffix);
        }
        return path + SetAsideSuffix;
    }

    public void Begin() => Execute(Connection, "begin immediate");

    public void Commit() => Execute(Connection, "commit");

    public void Rollback() => Execute(Connection, "rollback");

    /// <summary>A number of <c>meta</c>; 0: not there.</summary>
    public long Number(string key)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = "select value from meta where key = $1";
        command.Parameters.AddWithValue("$1", key);
        return command.ExecuteScalar() is { } value ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;
    }

    public void Set(string key, long value) => _setMeta.With(1, key).With(2, value).Run();

    public void Execute(string text) => Execute(Connection, text);

    /// <summary>Another audit.db beside this one, for reading, as <c>kept</c>.</summary>
    public void Attach(string path)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = "attach database $1 as kept";
        command.Parameters.AddWithValue("$1", $"file:{Uri.EscapeDataString(path).Replace("%2F", "/")}?mode=ro");
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _setMeta.Dispose();
        Connection.Dispose();
    }

    /// <returns>It was empty, and has its tables now.</returns>
    private static bool Prepare(SqliteConnection connection, string path)
    {
        var version = Pragma(connection, "user_version");
        if (version == AuditSchema.Version && Pragma(connection, "application_id") == AuditSchema.ApplicationId) return false;
        if (version != 0 || Scalar(connection, "select count(*) from sqlite_master") != 0)
            throw new AuditDamagedException($"{path} has tables of version {version}; this release reads {AuditSchema.Version}");
        Execute(connection, $"begin; {AuditSchema.Text} pragma application_id = {AuditSchema.ApplicationId}; pragma user_version = {AuditSchema.Version}; commit");
        return true;
    }

    private static long Pragma(SqliteConnection connection, string name) => Scalar(connection, $"pragma {name}");

    private static long Scalar(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}

/// <summary>The stored history cannot be gone on with; it is set aside and made anew.</summary>
internal sealed class AuditDamagedException(string message) : Exception(message);
