using Drcm.Consensus;
using Drcm.Consensus.Storage;
using Drcm.Fuzz.Targets;
using Drcm.Node;
using Drcm.Node.Storage;
using Drcm.StateMachine.Events;
using Xunit;

namespace Drcm.Integration.Tests.Fuzz;

/// <summary>What the fuzzer found, each as small as it goes.</summary>
public sealed class FoundByFuzzingTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("drcm-found-");

    /// <summary>The next number after the greatest one is negative: an incarnation before all others.</summary>
    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775806")]
    public void Next_NumberWithoutSuccessor_Refused(string stored)
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "incarnation"), stored);
        var refusal = Assert.Throws<StartupException>(() => IncarnationFile.Next(_directory.FullName, TimeProvider.System));
        Assert.Contains("remove the file", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void VoteFile_NameLongerThanItsPlace_RefusedWithFileAndRemedy()
    {
        var files = new MemoryFiles();
        new VoteFile(files.Open("vote")).Save(3, new byte[VoteFile.IdBytesMax]);
        files["vote"][24] = VoteFile.IdBytesMax + 1;
        Sealing.SmallRecord(files["vote"]);
        var refusal = Assert.Throws<LogDamagedException>(() => new VoteFile(files.Open("vote")));
        Assert.StartsWith("vote: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Remedies.CopyFromOthers, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The reader of MessagePack takes it for a negative length and throws what it does not document.</summary>
    [Fact]
    public void Decode_TextThatClaimsMoreThanTwoGiB_RefusedAsDocumented()
    {
        Assert.Throws<CorruptEventException>(() => EventCodec.Decode(new byte[] { 0x94, 1, 0, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF, (byte)'n' }));
        var target = new KeepAliveTarget();
        byte[] claims = [.. new byte[5], 0x97, 1, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF, (byte)'n', .. new byte[32]];
        target.Feed(target.Seal(claims));
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
