using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Drcm.Node.Audit;

/// <summary>A prepared statement with parameters by position: <c>?1</c>, <c>?2</c>, … On SQLite's own calls: a command of the provider looks up every name and boxes every
/// number at each run, which is five times the cost of the insertion itself.</summary>
internal sealed class Statement : IDisposable
{
    /// <summary>Texts up to this need no buffer of their own: most reasons.</summary>
    private const int StackBytes = 1024;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <exception cref="SqliteException">It cannot be prepared.</exception>
    public Statement(SqliteConnection connection, string text)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, text, out _statement));
    }

    public Statement With(int place, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, place, value));
        return this;
    }

    /// <summary>Null is SQL's null.</summary>
    public Statement With(int place, long? value)
    {
        Check(value is { } number ? raw.sqlite3_bind_int64(_statement, place, number) : raw.sqlite3_bind_null(_statement, place));
        return this;
    }

    /// <summary>Null is SQL's null.</summary>
    [SkipLocalsInit]
    public Statement With(int place, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(_statement, place));
            return this;
        }
        var bytesMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = bytesMax <= StackBytes ? stackalloc byte[StackBytes] : new byte[bytesMax];
        Check(raw.sqlite3_bind_text(_statement, place, bytes[..Encoding.UTF8.GetBytes(value, bytes)]));
        return this;
    }

    /// <exception cref="SqliteException">It failed.</exception>
    public void Run()
    {
        var outcome = raw.sqlite3_step(_statement);
        var reset = raw.sqlite3_reset(_statement);
        if (outcome != raw.SQLITE_DONE) Check(reset != raw.SQLITE_OK ? reset : outcome);
    }

    /// <summary>The first column of the first row; null: no row.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public long? Number()
    {
        var outcome = raw.sqlite3_step(_statement);
        long? number = outcome == raw.SQLITE_ROW ? raw.sqlite3_column_int64(_statement, 0) : null;
        var reset = raw.sqlite3_reset(_statement);
        if (outcome is not (raw.SQLITE_ROW or raw.SQLITE_DONE)) Check(reset != raw.SQLITE_OK ? reset : outcome);
        return number;
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
