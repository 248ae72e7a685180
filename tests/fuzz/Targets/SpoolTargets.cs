using System.Globalization;
using System.Text;
using Drcm.Node;
using Drcm.Node.Storage;
using Drcm.StateMachine;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Reconciliation;

namespace Drcm.Fuzz.Targets;

internal sealed class PromiseFileTarget(string directory) : FileTarget("promises", directory, "promises")
{
    private readonly PromiseFile _file = new(directory);

    public override IReadOnlyList<string> Splinters { get; } = ["\n", " ", "-", "end 1\n", "drcm promises 1\n", "9223372036854775807", "99999999999999999999", "\r", "node1 - 0\n", "* voters 7 n1 n2\n", "* timing 8 10000 20000\n", "*"];

    public override byte[] Sample(SplitMix64 random)
    {
        var promises = Enumerable.Range(0, random.Below(5)).ToDictionary(
            i => new NodeId($"n{i}"), _ => new Promise(random.Chance(0.5) ? null : new LogIndex(random.Number()), new LogIndex(random.Number())));
        var table = PromiseTable.Empty with { Promises = PromiseTable.Empty.Promises.AddRange(promises) };
        if (random.Chance(0.5)) table = table with { Voters = [new NodeId("n1"), new NodeId("n2")], VotersAt = new LogIndex(1 + (random.Number() >> 8)) };
        if (random.Chance(0.5)) table = table with { Lease = TimeSpan.FromSeconds(1), DeadAfter = TimeSpan.FromSeconds(2), TimingAt = new LogIndex(1 + (random.Number() >> 8)) };
        _file.Write(table);
        return File.ReadAllBytes(FilePath);
    }

    protected override void Read(byte[] input)
    {
        var table = _file.Read();
        _file.Write(table);
        var again = _file.Read();
        Require(again.Promises.SequenceEqual(table.Promises) && again.Voters.SequenceEqual(table.Voters) && again.VotersAt == table.VotersAt && again.TimingAt == table.TimingAt && again.Lease == table.Lease && again.DeadAfter == table.DeadAfter, "what was read is written otherwise");
    }

    /// <summary>Believes that a line has three words.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (Lines(input) is ["drcm promises 1", .. var rest])
        {
            _ = rest.Where(l => l.Length > 0 && !l.StartsWith("end ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]).ToList();
        }
    }
}

internal sealed class RunTableTarget(string directory) : FileTarget("run-table", directory, "running")
{
    private const string BootId = "boot-1";
    private readonly RunTableFile _file = new(directory, BootId);

    public override IReadOnlyList<string> Splinters { get; } = ["\n", " ", "settled", "moving", ":", "@", "ip:a@b", "boot boot-1\n", "99999999999999999999"];

    public override byte[] Sample(SplitMix64 random)
    {
        _file.Write(new([.. Enumerable.Range(0, random.Below(5)).Select(_ => new RunEntry(random.Slot(), new LogIndex(random.Number()), random.Chance(0.5)))]));
        return File.ReadAllBytes(FilePath);
    }

    protected override void Read(byte[] input)
    {
        var table = _file.Read();
        _file.Write(table);
        Require(_file.Read().Entries.SequenceEqual(table.Entries), "what was read is written otherwise");
    }

    /// <summary>Believes that the first word is a number.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (Lines(input) is ["boot boot-1", .. var rest])
        {
            _ = rest.Where(l => l.Length > 0).Select(l => long.Parse(l.Split(' ')[0], CultureInfo.InvariantCulture)).ToList();
        }
    }
}

internal sealed class LeaseFileTarget(string directory) : FileTarget("lease", directory, "lease")
{
    private const string BootId = "6a4f-boot";

    public override byte[] Sample(SplitMix64 random)
    {
        using (var lease = new LeaseFile(Directory, BootId))
        {
            lease.Write(random.Chance(0.3) ? null : TimeSpan.FromTicks(random.Number() / 4));
        }

        return File.ReadAllBytes(FilePath);
    }

    protected override void Read(byte[] input)
    {
        TimeSpan? inherited;
        using (var lease = new LeaseFile(Directory, BootId))
        {
            inherited = lease.Inherited;
        }

        Require(inherited is null || inherited > TimeSpan.Zero, "a lease that ended before time began");
        using var again = new LeaseFile(Directory, BootId);
        Require(again.Inherited == inherited, "the second reading shows something else than the first");
        using var other = new LeaseFile(Directory, "another boot");
        Require(other.Inherited is null, "a lease of another boot is believed");
    }

    /// <summary>Believes that the file is whole.</summary>
    public override void FeedBroken(byte[] input) => _ = BitConverter.ToInt64(input, 64);
}

internal sealed class IncarnationTarget(string directory) : FileTarget("incarnation", directory, "incarnation")
{
    public override IReadOnlyList<string> Splinters { get; } = ["9223372036854775807", "9223372036854775806", "-1", "0", " ", "\n"];

    public override byte[] Sample(SplitMix64 random) => Utf8($"{random.Number() >> 16}\n");

    protected override void Read(byte[] input)
    {
        var next = IncarnationFile.Next(Directory, TimeProvider.System);
        var stored = long.Parse(Encoding.UTF8.GetString(input).Trim().TrimStart('\uFEFF'), CultureInfo.InvariantCulture);
        Require(next.Value > stored, $"incarnation {next.Value} follows {stored}");
        Require(IncarnationFile.Next(Directory, TimeProvider.System) > next, "it does not grow");
    }

    /// <summary>Believes that it is a number.</summary>
    public override void FeedBroken(byte[] input) => _ = long.Parse(Encoding.UTF8.GetString(input), CultureInfo.InvariantCulture);
}
