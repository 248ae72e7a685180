using Drcm.StateMachine;

namespace Drcm.Node.Audit;

/// <summary>Takes back what was written of the entries behind an index, so that they can be written anew. What was before stays: the log no longer has it.</summary>
internal static class AuditRewind
{
    /// <param name="to">Before the oldest entry that the log still has.</param>
    public static void Run(AuditDatabase database, LogIndex to)
    {
        if (database.Number(AuditProjector.AppliedKey) <= to.Value) return;
        database.Begin();
        database.Execute($"""
            delete from events where id >= {(to.Value + 1) * AuditSchema.OrdinalsPerEntry};
            delete from ownership where token > {to};
            update ownership set until_idx = null, until_ms = null, until_cause = null where until_idx > {to};
            delete from outages where from_idx > {to};
            update outages set until_idx = null, until_ms = null, owner = null where until_idx > {to};
            delete from node_intervals where from_idx > {to};
            update node_intervals set until_idx = null, until_ms = null where until_idx > {to};
            delete from gaps where to_idx > {to};
            """);
        database.Set(AuditProjector.AppliedKey, to.Value);
        database.Commit();
    }
}
