using Tessera.Plugins;

[assembly: PluginContract(2)]
