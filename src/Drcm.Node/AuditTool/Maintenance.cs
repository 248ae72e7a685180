using Drcm.Node.Audit;
using Drcm.Node.Startup;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;

namespace Drcm.Node.AuditTool;

/// <summary><c>drcm audit verify</c> and <c>rebuild</c>: by the running daemon, or offline on a stopped node's files.</summary>
internal static class Maintenance
{
    public static async Task<AuditAnswer> RunAsync(string verb, AuditPlace place)
    {
        using var held = SpoolLock.TryTakeForLook(place.SpoolDir);
        if (held is null) return DaemonAsk.Ask(place.RunDir, verb == "verify" ? ControlProtocol.AuditVerify : ControlProtocol.AuditRebuild);
        return verb == "verify" ? await VerifyAsync(place) : Rebuild(place);
    }

    private static async Task<AuditAnswer> VerifyAsync(AuditPlace place)
    {
        long applied;
        using (var book = AuditBook.Open(place.Path)) applied = book.Applied;
        var entries = StoredEntries.Read(place.SpoolDir, applied);
        return await new AuditCheck(place.Path).RunAsync(StoredEntries.OneByOneAsync(entries, CancellationToken.None), live: null, CancellationToken.None);
    }

    private static AuditAnswer Rebuild(AuditPlace place)
    {
        using var database = AuditDatabase.Open(place.Path);
        var entries = StoredEntries.Read(place.SpoolDir, database.Number(AuditProjector.AppliedKey));
        var begin = new LogIndex(entries is [{ IsSnapshot: true } snapshot, ..] ? snapshot.Index : 0);
        AuditRewind.Run(database, begin);
        using var projector = new AuditProjector(database, TimeProvider.System);
        foreach (var entry in entries) projector.Take(entry);
        projector.Commit();
        return new AuditAnswer(true, [$"made anew from entry {begin.Value + 1} to {projector.Applied}; what is older is as it was"]);
    }
}
