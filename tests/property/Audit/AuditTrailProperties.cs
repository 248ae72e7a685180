using Drcm.Property.Tests.Cluster;
using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using FsCheck.Xunit;
using Xunit;

namespace Drcm.Property.Tests.Audit;

/// <summary>Whatever happens, the intervals that are open say what the log says.</summary>
public sealed class AuditTrailProperties
{
    private const int Histories = 100;
    private const int ScriptBytes = 450;

    [Property(MaxTest = Histories, EndSize = ScriptBytes)]
    public void OpenIntervalsEqualTheState_AtEveryEntry(int seed, byte[] script) =>
        Assert.Null(FirstDifference(new History(seed).Play(script), new AuditTables(), _ => false));

    [Property(MaxTest = Histories, EndSize = ScriptBytes)]
    public void OpenIntervalsEqualTheState_AfterRestartsAndGaps(int seed, byte[] script)
    {
        var random = new SplitMix64((ulong)(uint)seed);
        Assert.Null(FirstDifference(new History(seed).Play(script), new AuditTables(), _ => random.Below(6) == 0));
    }

    [Fact]
    public void OpenIntervals_WhenEndsAreForgotten_DifferFromTheState() => Assert.Contains(
        Enumerable.Range(0, 50),
        seed => FirstDifference(new History(seed).Play(Script(seed)), new AuditTables { ForgetsEnds = true }, _ => false) is not null);

    /// <param name="misses">The entry is not seen: the trail goes on from a snapshot behind it.</param>
    private static string? FirstDifference(History history, AuditTables tables, Func<LogIndex, bool> misses)
    {
        var trail = new AuditTrail(ClusterState.Empty, OpenRows.None);
        foreach (var (index, batch, applied) in history.Cluster.Log)
        {
            if (misses(index)) trail = AuditTrail.Resume(applied.State, tables.Open(), tables);
            else
            {
                // As after a restart of the daemon: nothing but the tables and the state is left.
                if (index.Value % 5 == 0) trail = new AuditTrail(trail.State, tables.Open());
                var before = tables.Events.Count;
                trail.Apply(index, new Term(1), batch, tables);
                if (!applied.Events.Select(e => e.IsEffective).SequenceEqual(tables.Events.Skip(before).Select(e => e.IsEffective)))
                    return $"{index}: events that took effect here have none there";
            }
            if (StateDigest.Of(trail.State) != StateDigest.Of(applied.State)) return $"{index}: the digests differ";
            if (tables.Open().Differences(applied.State).FirstOrDefault() is { } difference) return $"{index}: {difference}";
        }
        return null;
    }

    private static byte[] Script(int seed)
    {
        var random = new SplitMix64((ulong)seed + 11);
        var script = new byte[ScriptBytes];
        for (var i = 0; i < script.Length; i++) script[i] = (byte)random.Below(256);
        return script;
    }
}
