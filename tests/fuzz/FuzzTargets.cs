using Drcm.Fuzz.Targets;

namespace Drcm.Fuzz;

/// <summary>Every decoder of ours that meets the network or the disk.</summary>
internal static class FuzzTargets
{
    /// <param name="directory">Of its own, for those that read files.</param>
    public static IReadOnlyList<Func<string, FuzzTarget>> All { get; } =
    [
        _ => new EntryFrameTarget(),
        _ => new BarrierFrameTarget(),
        _ => new PreambleTarget(),
        _ => new RequestFrameTarget(),
        _ => new MembersFileTarget(),
        _ => new HelloTarget(),
        _ => new JoinRequestTarget(),
        _ => new FollowAnswerTarget(),
        _ => new KeepAliveTarget(),
        _ => new EventBatchTarget(),
        _ => new StateSnapshotTarget(),
        _ => new RecordTarget(),
        _ => new SegmentTarget(),
        _ => new VoteFileTarget(),
        _ => new MarkFileTarget(),
        _ => new SnapshotTarget(),
        _ => new StoreTarget(),
        d => new PromiseFileTarget(d),
        d => new RunTableTarget(d),
        d => new LeaseFileTarget(d),
        d => new IncarnationTarget(d),
        d => new AuthKeyTarget(d),
        _ => new ControlRequestTarget(),
        _ => new ConfigTarget(),
    ];

    /// <summary>Makes all of them, each with a directory of its own below <paramref name="root"/>.</summary>
    public static IReadOnlyList<FuzzTarget> Make(string root) =>
        [.. All.Select((make, i) => make(Directory.CreateDirectory(Path.Combine(root, $"{i}")).FullName))];

    /// <summary>In memory where that can be.</summary>
    public static DirectoryInfo CreateRoot()
    {
        var memory = new DirectoryInfo("/dev/shm");
        return memory.Exists ? memory.CreateSubdirectory($"drcm-fuzz-{Guid.NewGuid():N}") : Directory.CreateTempSubdirectory("drcm-fuzz-");
    }
}
