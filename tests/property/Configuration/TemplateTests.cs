using Xunit;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

public sealed class TemplateTests
{
    [Fact]
    public void Read_Template_FindsNothing() => Assert.Empty(CmConfigReader.Read(ConfigTemplate.Text).Diagnostics);

    [Fact]
    public void Read_TemplateWithAllRemarksOn_FindsNothing()
    {
        var file = CmConfigReader.Read(ConfigTemplate.Text.Replace("##ldm", "ldm").Replace("##", "")
            .Replace("node_services = web", "node_services = web\nnode_applications = ldm"));

        Assert.Empty(file.Diagnostics);
        Assert.Equal(3, file.Definition!.Nodes.Length);
    }

    [Fact]
    public void Read_Template_HasTheDefaults()
    {
        var template = CmConfigReader.Read(ConfigTemplate.Text);
        var bare = CmConfigReader.Read(Sample.Text());

        Assert.Equal(bare.Local, template.Local);
        Assert.Equal(bare.Definition!.Timing, template.Definition!.Timing);
    }

    [Theory]
    [InlineData("cm_4_node_example")]
    [InlineData("cm_2_node_example")]
    public void Lines_SummaryOfExample_SaysExactlyThis(string name)
    {
        var summary = ConfigSummary.Of(CmConfigReader.Read(TestData.Read($"{name}.cfg")).Definition!);

        TestData.Golden($"{name}.summary.txt", string.Concat(summary.Lines().Select(l => $"{l.Label}: {l.Text}\n")));
    }
}
