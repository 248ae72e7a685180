using Drcm.Consensus;
using Drcm.Consensus.Storage;
using Drcm.Fuzz.Targets;
using Drcm.Node;
using Drcm.Node.Storage;
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

    public void Dispose() => _directory.Delete(recursive: true);
}
