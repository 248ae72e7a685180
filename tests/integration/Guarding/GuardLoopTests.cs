using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Clock;
using Drcm.Node.Guarding;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Guarding;
using Xunit;

namespace Drcm.Integration.Tests.Guarding;

/// <summary>The guard's loop within this process, for what it costs; and what passes through the shared memory.</summary>
public sealed class GuardLoopTests : IDisposable
{
    private const string Boot = "boot-1";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    /// <summary>Loading a table, waiting for the deadline, and all ways of releasing: a collection would be a pause, and new memory might not be had.</summary>
    [Fact]
    public void Step_WaitsLoadsAndReleases_AllocatesNothing()
    {
        using var memory = new GuardMemory(_directory.Root, Boot);
        using var log = new GuardLog();
        using var loop = new GuardLoop(memory, _directory.Root, log, stays: true);
        var writer = new GuardTableWriter();
        GuardWarming.Run();
        Round(memory, loop, writer);
        var allocated = 0L;
        for (var i = 0; i < 20; i++) allocated += Round(memory, loop, writer);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Memory_OfAnotherBoot_IsWiped()
    {
        using (var memory = new GuardMemory(_directory.Root, Boot)) memory.Write(new GuardOrder(TimeSpan.FromSeconds(5), IsAcknowledged: false));
        using (var again = new GuardMemory(_directory.Root, Boot)) Assert.Equal(new GuardOrder(TimeSpan.FromSeconds(5), IsAcknowledged: false), again.Order);
        using var other = new GuardMemory(_directory.Root, "boot-2");
        Assert.Null(other.Order.Deadline);
    }

    /// <summary>What an earlier daemon left is still to be gone by its deadline.</summary>
    [Fact]
    public void Write_OrderWithoutDeadline_KeepsTheOneThatIsThere()
    {
        using var memory = new GuardMemory(_directory.Root, Boot);
        memory.Write(new GuardOrder(TimeSpan.FromSeconds(5), IsAcknowledged: false));
        memory.Write(GuardOrder.None);
        Assert.Equal(new GuardOrder(TimeSpan.FromSeconds(5), IsAcknowledged: true), memory.Order);
    }

    [Fact]
    public unsafe void Table_WrittenAndLoaded_IsTheSame()
    {
        using var memory = new GuardMemory(_directory.Root, Boot);
        using var table = new GuardTable();
        memory.Write(new GuardTableWriter().Write([Entry("one"), Entry("two") with { Address = [10, 0, 0, 1], Groups = [new ProcessGroup(7, 8)] }]));
        Assert.True(table.TryLoad(memory, memory.TableNumber));
        Assert.Equal(2, table.Count);
        Assert.Equal(0, table[0].AddressLength);
        Assert.Equal(10, *table[1].Address);
        Assert.Equal((7, 8L), (table[1].GroupId(0), table[1].GroupStart(0)));
        Assert.Equal("service:two", System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)table[1].Resource));
        Assert.Equal("/bin/true", System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)table[1].Path));
        Assert.Equal("word", System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)table[1].Arguments[1]));
        Assert.True(table[1].Arguments[2] is null && table[1].Environment[1] is null);
    }

    [Fact]
    public void Write_MoreThanFits_IsRefused()
    {
        var large = Entry("large") with { Files = [new string('x', GuardMemory.TableBytesMax)] };
        Assert.True(new GuardTableWriter().Write([large]).IsEmpty);
        Assert.True(new GuardTableWriter().Write([.. Enumerable.Repeat(Entry("many"), GuardTable.EntriesMax + 1)]).IsEmpty);
    }

    /// <returns>What the guard's thread allocated.</returns>
    private static long Round(GuardMemory memory, GuardLoop loop, GuardTableWriter writer)
    {
        memory.Write(writer.Write([Entry("web") with { Address = [0, 0, 0, 0], Files = ["/nowhere/file"], Groups = [new ProcessGroup(int.MaxValue, 1)] }]));
        var now = MonotonicClock.Now;
        memory.Write(new GuardOrder(now + TimeSpan.FromHours(1), IsAcknowledged: false));
        var before = GC.GetAllocatedBytesForCurrentThread();
        loop.Step(now);
        memory.Write(new GuardOrder(now, IsAcknowledged: false));
        loop.Step(now);
        loop.Step(now);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static ReleaseEntry Entry(string name) => new(new ResourceId(ResourceKind.Service, name), [])
    {
        Script = new LaunchPlan("/bin/true", ["true", "word"], ["A=b"], "/", null), Timeout = TimeSpan.FromMinutes(1),
    };
}
