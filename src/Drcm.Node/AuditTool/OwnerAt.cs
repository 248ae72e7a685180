namespace Drcm.Node.AuditTool;

/// <summary>Who owned a slot at a moment.</summary>
/// <param name="Owner">Null: nobody.</param>
/// <param name="IsRunning">It was known to be started there.</param>
/// <param name="Since">When it got this owner, or lost it.</param>
/// <param name="Index">The assignment's token, or the entry that began the outage.</param>
internal sealed record OwnerAt(string Slot, string? Owner, bool IsRunning, DateTimeOffset Since, long Index, string Cause, string Why)
{
    /// <summary>After this entry; null: the slot was not in the configuration.</summary>
    public static OwnerAt? Of(AuditBook book, string slot, long index)
    {
        var ownership = book.NewestOwnership(slot, index) is { } row && row.Holds(index) ? row : null;
        var outage = book.NewestOutage(slot, index) is { } gone && gone.Holds(index) ? gone : null;
        if (ownership is not null) return new(slot, ownership.Owner, outage is null, ownership.From, ownership.Token, ownership.Cause, ownership.Why);
        return outage is null ? null : new(slot, null, false, outage.From, outage.FromIndex, outage.Cause, outage.Why);
    }
}
