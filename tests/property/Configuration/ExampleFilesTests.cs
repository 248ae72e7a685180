using Xunit;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

public sealed class ExampleFilesTests
{
    [Theory]
    [InlineData("cm_2_node_example")]
    [InlineData("cm_4_node_example")]
    [InlineData("cm_generated_template")]
    [InlineData("cm")]
    [InlineData("bad")]
    public void Read_FileOfTheOriginal_GivesExactlyTheseFindings(string name)
    {
        var file = CmConfigReader.Read(TestData.Read($"{name}.cfg"));

        TestData.Golden($"{name}.findings.txt", string.Concat(file.Diagnostics.Select(d => d.Render("cm.cfg") + "\n")));
    }

    [Theory]
    [InlineData("cm_2_node_example")]
    [InlineData("cm_4_node_example")]
    [InlineData("cm_generated_template")]
    [InlineData("cm")]
    [InlineData("bad")]
    public void Render_FileOfTheOriginal_GivesExactlyThisCanonicalText(string name)
    {
        var definition = CmConfigReader.Read(TestData.Read($"{name}.cfg")).Definition;

        Assert.NotNull(definition);
        var text = CanonicalText.Render(definition);
        TestData.Golden($"{name}.canonical.cfg", text);
        var again = CmConfigReader.Read(text);
        Assert.Empty(again.Diagnostics.Where(d => d.Severity == Severity.Error));
        Assert.Equal(text, CanonicalText.Render(again.Definition!));
    }

    [Theory]
    [InlineData("cm_2_node_example", 2)]
    [InlineData("cm_4_node_example", 4)]
    [InlineData("cm_generated_template", 2)]
    [InlineData("cm", 2)]
    public void Read_FileOfTheOriginal_HasNoErrorAndAllItsNodes(string name, int nodes)
    {
        var file = CmConfigReader.Read(TestData.Read($"{name}.cfg"));

        Assert.False(file.HasErrors);
        Assert.Equal(nodes, file.Definition!.Nodes.Length);
        Assert.All(file.Definition.Nodes, n => Assert.True(n.IsVoter));
    }
}
