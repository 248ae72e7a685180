using System.Globalization;

namespace Drcm.Node.Audit;

/// <summary>Lets the oldest go: by age, and when the file holds more than its bound. Freed pages are used again; the file itself does not shrink.</summary>
internal static class AuditRetention
{
    public const string PrunedKey = "pruned_up_to";

    /// <summary>Events of one transaction: it ends within a blink.</summary>
    private const int EventsPerStep = 10_000;

    /// <summary>Steps of one call; the next call goes on.</summary>
    private const int StepsMax = 10;

    /// <returns>Events that went.</returns>
    public static int Prune(AuditDatabase database, AuditOptions options, DateTimeOffset now)
    {
        var pruned = 0;
        var cutoff = (now - options.KeepFor).ToUnixTimeMilliseconds();
        for (var step = 0; step < StepsMax; step++)
        {
            var upTo = TooOld(database, cutoff) ?? (UsedBytes(database) > options.BytesMax ? Oldest(database, EventsPerStep) : null);
            if (upTo is not { } index) break;
            pruned += Drop(database, Math.Min(index, Oldest(database, EventsPerStep) ?? index));
        }
        return pruned;
    }

    public static long UsedBytes(AuditDatabase database) => Number(
        database, "select (p.page_count - f.freelist_count) * s.page_size from pragma_page_count p, pragma_freelist_count f, pragma_page_size s") ?? 0;

    /// <summary>Last entry before the first that is young enough; null: none.</summary>
    private static long? TooOld(AuditDatabase database, long cutoff)
    {
        if (Number(database, "select min(at_ms) from events where id % 2048 = 0") is not { } oldest || oldest >= cutoff) return null;
        return Number(database, $"select idx - 1 from events where at_ms >= {cutoff} and id % 2048 = 0 order by at_ms limit 1") ?? Newest(database);
    }

    private static long? Oldest(AuditDatabase database, int count) =>
        Number(database, $"select idx from events order by id limit 1 offset {count}") ?? Newest(database);

    private static long? Newest(AuditDatabase database) => Number(database, "select max(id) / 2048 from events");

    /// <summary>Events up to the index, and what had ended by then. What is still open stays, however long it lasts.</summary>
    private static int Drop(AuditDatabase database, long upTo)
    {
        database.Begin();
        var end = (upTo + 1) * AuditSchema.OrdinalsPerEntry;
        var at = Number(database, $"select at_ms from events where id < {end} order by id desc limit 1") ?? 0;
        database.Execute($"""
            delete from ownership where until_idx <= {upTo};
            delete from outages where until_idx <= {upTo};
            delete from node_intervals where until_idx <= {upTo};
            delete from gaps where to_idx <= {upTo};
            delete from script_runs where at_ms <= {at};
            delete from events where id < {end};
            """);
        var count = (int)(Number(database, "select changes()") ?? 0);
        database.Set(PrunedKey, upTo);
        database.Commit();
        return count;
    }

    private static long? Number(AuditDatabase database, string text)
    {
        using var command = database.Connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar() is { } value and not DBNull ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;
    }
}
