using Microsoft.Data.Sqlite;

namespace Drcm.Node.Audit;

/// <summary>A prepared statement with parameters by position: <c>$1</c>, <c>$2</c>, …</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    /// <param name="types">Of each parameter, in order.</param>
    public Statement(SqliteConnection connection, string text, params ReadOnlySpan<SqliteType> types)
    {
        _command = connection.CreateCommand();
        _command.CommandText = text;
        for (var i = 0; i < types.Length; i++) _command.Parameters.Add($"${i + 1}", types[i]);
        _command.Prepare();
    }

    /// <summary>Sets one parameter; null is SQL's null.</summary>
    public Statement With(int place, object? value)
    {
        _command.Parameters[place - 1].Value = value ?? DBNull.Value;
        return this;
    }

    public void Run() => _command.ExecuteNonQuery();

    public SqliteDataReader Read() => _command.ExecuteReader();

    public object? Scalar() => _command.ExecuteScalar();

    public void Dispose() => _command.Dispose();
}
