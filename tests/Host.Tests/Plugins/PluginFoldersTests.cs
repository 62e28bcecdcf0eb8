using Tessera.Plugins;

namespace Tessera.Host.Tests.Plugins;

public class PluginFoldersTests
{
    [Fact]
    public void The_search_order_is_bundled_user_environment_options()
    {
        string environment = string.Join(Path.PathSeparator, "/e1", "", " /e2 ");

        IReadOnlyList<PluginSearchFolder> folders = PluginFolders.For(new PluginOptions { Folders = ["o1", "/o2"] }, environment);

        Assert.Equal(
            [
                (Path.Combine(AppContext.BaseDirectory, "plugins"), PluginSource.Bundled),
                (PluginFolders.UserFolder, PluginSource.User),
                (Path.GetFullPath("/e1"), PluginSource.Environment),
                (Path.GetFullPath("/e2"), PluginSource.Environment),
                (Path.GetFullPath("o1"), PluginSource.Option),
                (Path.GetFullPath("/o2"), PluginSource.Option),
            ],
            folders.Select(folder => (folder.Path, folder.Source)));
    }

    [Fact]
    public void Without_anything_named_the_usual_folders_are_searched() =>
        Assert.Equal(
            [PluginSource.Bundled, PluginSource.User],
            PluginFolders.For(new PluginOptions(), environment: null).Select(folder => folder.Source));

    [Fact]
    public void The_user_folder_is_in_the_local_application_data() =>
        Assert.EndsWith(Path.Combine("tessera", "plugins"), PluginFolders.UserFolder, StringComparison.Ordinal);
}
