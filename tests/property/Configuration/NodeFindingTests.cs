using Xunit;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;

namespace Drcm.Property.Tests.Configuration;

public sealed class NodeFindingTests
{
    [Theory]
    [InlineData("[CM_NODE]\nhostname = c\nkeep_alive_ip = 10.0.0.3", "this [CM_NODE] has no nodename")]
    [InlineData("[CM_NODE]\nnodename = c\nkeep_alive_ip = 10.0.0.3", "this [CM_NODE] has no hostname")]
    [InlineData("[CM_NODE]\nnodename = c\nhostname = c", "this [CM_NODE] has no keep_alive_ip")]
    [InlineData("[CM_NODE]\nnodename = a\nhostname = c\nkeep_alive_ip = 10.0.0.3", "nodename a is given twice (line ")]
    [InlineData("[CM_NODE]\nnodename = c\nhostname = A.example.com\nkeep_alive_ip = 10.0.0.3", "hostname A.example.com is given twice (line ")]
    [InlineData("[CM_NODE]\nnodename = c\nhostname = c\nkeep_alive_ip = 10.0.0.1", "keep_alive_ip 10.0.0.1 is given twice (line ")]
    [InlineData("[CM_NODE]\nnodename = c\nhostname = c\nkeep_alive_ip = c.example.com", "keep_alive_ip \"c.example.com\" is no IP address")]
    [InlineData("[CM_NODE]\nnodename = c:d\nhostname = c\nkeep_alive_ip = 10.0.0.3", "nodename \"c:d\" cannot be used")]
    public void Read_NodeWithoutItsOwnIdentity_ForbidsToRun(string section, string what)
    {
        var file = CmConfigReader.Read(Sample.Text(rest: section));

        Assert.StartsWith(what, Assert.Single(file.Diagnostics).What, StringComparison.Ordinal);
        Assert.Null(file.Definition);
    }

    [Theory]
    [InlineData("node_services = nosuch", "node_services of b names \"nosuch\", which [CM_SERVICES] does not list")]
    [InlineData("node_backup_services = web", "node_backup_services holds \"web\", which names no home node")]
    [InlineData("node_backup_services = nosuch:web", "node_backup_services of b names the unknown node \"nosuch\"")]
    [InlineData("node_backup_services = a:nosuch", "node_backup_services of b names \"nosuch\"")]
    [InlineData("node_backup_services = b:web", "b is listed as its own backup for service:web")]
    [InlineData("node_floating_ip_addrs = web", "ip:web is exclusive and has its home on a already (line ")]
    [InlineData("ipaddrs_check = 0", "ipaddrs_check is \"0\"")]
    [InlineData("services_check = -3", "services_check is \"-3\"")]
    [InlineData("node_is_active = perhaps", "node_is_active is \"perhaps\", neither yes nor no")]
    [InlineData("witness = 1\nvoter = 0\nnode_backup_crontabs =", "b is a witness with voter = 0")]
    [InlineData("witness = 1", "node_backup_crontabs: the witness b runs no resources")]
    public void Read_BadNodeSetting_IsAnErrorAndLeftOut(string lines, string what)
    {
        var file = CmConfigReader.Read(Sample.Text(node2: lines));

        var finding = Assert.Single(file.Diagnostics, d => d.Severity == Severity.Error);
        Assert.StartsWith(what, finding.What, StringComparison.Ordinal);
        Assert.NotNull(file.Definition);
    }

    [Theory]
    [InlineData("ipapddrs_check = 3", "ipapddrs_check is another spelling of ipaddrs_check")]
    [InlineData("node_services = web, web", "node_services holds \"web\" twice")]
    [InlineData("node_backup_filesystems = a:data, a:data", "node_backup_filesystems holds \"a:data\" twice")]
    [InlineData("node_is_active = 0\nvoter = 1", "b is not active and so no voter")]
    public void Read_OddNodeSetting_Warns(string lines, string what)
    {
        var finding = Sample.Single(Sample.Text(node2: lines));

        Assert.Equal((Severity.Warning, what), (finding.Severity, finding.What));
    }

    [Fact]
    public void Read_BackupOfWhatIsNotAtHomeThere_WarnsAndLeavesItOut()
    {
        var text = Sample.Text(services: "x, xd, /s", node2: "node_services = x\nnode_backup_services = a:x");

        var finding = Sample.Single(text);

        Assert.Equal("a does not have service:x in its node_services, so there is nothing to back up", finding.What);
    }

    [Fact]
    public void Read_ExclusiveResourceThatItsHomeKeeps_Warns()
    {
        var finding = Sample.Single(Sample.Text(server: "self_fence = watchdog", options: "service:web, exclusive=yes", node1: "keep_services = 1"));

        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.StartsWith("keep_services does not keep service:web, which is exclusive", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ServiceOnTwoNodes_HasTwoSlots()
    {
        var nodes = Sample.Good(Sample.Text(node2: "node_services = web")).Nodes;

        Assert.All(nodes, n => Assert.Contains(new ResourceId(ResourceKind.Service, "web"), n.HomeResources));
    }

    [Theory]
    [InlineData("node_services = nosuch", 35, 17)]
    [InlineData("node_backup_services = a:web ,  nosuch:web", 35, 33)]
    [InlineData("  node_backup_services = \\#x:web", 35, 26)]
    public void Read_BadListEntry_IsReportedAtItsOwnColumn(string line, int expectedLine, int expectedColumn)
    {
        var finding = Sample.Single(Sample.Text(node2: line));

        Assert.Equal((expectedLine, expectedColumn), (finding.Line, finding.Column));
    }
}
