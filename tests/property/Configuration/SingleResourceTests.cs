using Drcm.StateMachine.Configuration;
using Xunit;

namespace Drcm.Property.Tests.Configuration;

public sealed class SingleResourceTests
{
    [Theory]
    [InlineData("cm.cfg")]
    [InlineData("cm_2_node_example.cfg")]
    [InlineData("cm_4_node_example.cfg")]
    [InlineData("cm_generated_template.cfg")]
    public void ReadResource_OfEachOfAFile_GivesItBack(string file)
    {
        var definition = CmConfigReader.Read(TestData.Read(file)).Definition!;

        Assert.NotEmpty(definition.Resources);
        Assert.All(definition.Resources, r => Assert.Equal(r, CanonicalText.ReadResource(CanonicalText.RenderResource(r))));
        Assert.All(
            definition.Resources, r => Assert.Equal(r with { IsExclusive = true }, CanonicalText.ReadResource(CanonicalText.RenderResource(r with { IsExclusive = true }))));
    }
}
