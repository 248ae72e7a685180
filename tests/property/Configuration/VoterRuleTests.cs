using Xunit;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

public sealed class VoterRuleTests
{
    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("a b c d e f g", "a b c d e f g")]
    [InlineData("a b c d e f g h", "a b c d e")]
    [InlineData("a b c d e f g h+v i+v j+v", "h i j")]
    [InlineData("a-v b c d e f g h", "b c d e f")]
    [InlineData("a b c d e f g h+w", "a b c d h")]
    [InlineData("a b+w", "a b")]
    [InlineData("a b-v c", "a c")]
    [InlineData("a b c+off", "a b")]
    [InlineData("a+off b c d e f g h", "b c d e f g h")]
    public void Read_Nodes_GivesTheseVoters(string nodes, string voters)
    {
        var sections = nodes.Split(' ').Select((n, i) => Sample.Node(n[..1], i + 1, n[1..] switch
        {
            "+v" => "voter = 1",
            "-v" => "voter = 0",
            "+w" => "witness = 1",
            "+off" => "node_is_active = 0",
            _ => "",
        }));

        var definition = Sample.Good("[CM_SERVER]\n" + string.Concat(sections));

        Assert.Equal(voters, string.Join(' ', definition.Nodes.Where(n => n.IsVoter).Select(n => n.Id)));
    }

    [Fact]
    public void Read_NoVoterLeft_ForbidsToRun()
    {
        var file = CmConfigReader.Read("[CM_SERVER]\n" + Sample.Node("a", 1, "node_is_active = 0"));

        Assert.Equal("no node is a voter", Assert.Single(file.Diagnostics).What);
        Assert.Null(file.Definition);
    }

    [Fact]
    public void Read_MoreThanSevenVoters_Warns()
    {
        var text = "[CM_SERVER]\n" + string.Concat(Enumerable.Range(0, 9).Select(i => Sample.Node($"n{i}", i + 1, "voter = 1")));

        Assert.Equal(Severity.Warning, Sample.Single(text).Severity);
    }
}
